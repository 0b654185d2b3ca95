"""Load OpenDRIVE texts by the real ``carla.Map``, in child processes: it may die of them."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["loaded_by_carla"]

_LONGEST_S = 120.0
_CHILD = r"""
import json, sys
import carla

def lane_of(point):
    return point.road_id, point.section_id, point.lane_id

def used(text):
    world = carla.Map("map", text)
    points = world.generate_waypoints(2.0)
    topology = world.get_topology()
    for point in points[: int(sys.argv[1])]:
        for distance in (0.5, 3.0, 30.0):
            point.next(distance), point.previous(distance)
        point.get_left_lane(), point.get_right_lane()
        point.left_lane_marking, point.right_lane_marking, point.lane_change, point.lane_type, point.lane_width
        if point.is_junction:
            junction = point.get_junction()
            junction.bounding_box, junction.get_waypoints(carla.LaneType.Any)
        point.get_landmarks(20.0)
        world.get_waypoint(point.transform.location)
    for start, end in topology:
        start.transform, end.transform
    world.get_all_landmarks(), world.get_crosswalks()
    places = [
        [p.road_id, p.section_id, p.lane_id, p.s, p.transform.location.x, -p.transform.location.y,
         p.transform.location.z, p.lane_width]
        for p in points
    ]
    steps = {(lane_of(p), lane_of(q)) for p in points for q in p.next(2.1)}
    return {"places": places, "links": sorted(pair for pair in steps if pair[0] != pair[1])}

for line in sys.stdin:
    with open(json.loads(line), encoding="utf-8") as stream:
        text = stream.read()
    try:
        result = used(text)
    except Exception as error:
        result = {"threw": f"{type(error).__name__}: {error}"[:200]}
    sys.stderr.flush()
    print(json.dumps(result), flush=True)
"""


def loaded_by_carla(texts: Sequence[str], folder: Path, points: int = 400) -> list[dict[str, Any]]:
    """Load maps and use them as scripts do: waypoints, topology, neighbours, junctions, landmarks.

    Left out are ``next_until_lane_end`` and ``previous_until_lane_start``: they throw or die on CARLA's own maps.

    Returns
    -------
    For each text ``places`` (rows of road, section, lane, s, x, y, z, width in OpenDRIVE's axes) and ``links`` (pairs
    of road, section, lane, the second of which is met within 2.1 m behind a waypoint on the first); or ``threw``, an
    exception's text; or ``died``, a signal's number.
    """
    results: list[dict[str, Any]] = []
    paths = []
    for k, text in enumerate(texts):
        paths.append(folder / f"map_{k}.xodr")
        paths[-1].write_text(text, encoding="utf-8", errors="replace")
    while len(results) < len(paths):
        results += _until_death(paths[len(results) :], points)
    return results


def _until_death(paths: Sequence[Path], points: int) -> list[dict[str, Any]]:
    """Load maps in one process; if it dies, or takes too long, that is the last result."""
    command = [sys.executable, "-c", _CHILD, str(points)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_pass_on, args=(child.stdout, lines), daemon=True)
    reader.start()
    results: list[dict[str, Any]] = []
    for path in paths:
        try:
            child.stdin.write(json.dumps(str(path)) + "\n")
            child.stdin.flush()
            line = lines.get(timeout=_LONGEST_S)
        except BrokenPipeError:
            line = ""
        except queue.Empty:
            child.kill()
            line = ""
        if not line:
            results.append({"died": child.wait()})
            break
        # CARLA warns on stdout, too
        results.append(json.loads(line))
    child.stdin.close()
    child.wait(timeout=_LONGEST_S)
    reader.join(timeout=_LONGEST_S)
    child.stdout.close()
    return results


def _pass_on(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        if line.startswith("{"):
            lines.put(line)
    lines.put("")
