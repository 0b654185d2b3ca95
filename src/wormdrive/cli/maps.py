"""``wormdrive maps``: check OpenDRIVE files, list their lanes, and make them from points."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wormdrive.cli.from_points import from_points
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.common.printable import printable

if TYPE_CHECKING:
    from wormdrive.envs.roads import RoadMap

__all__ = ["app"]

app = typer.Typer(
    help="Check OpenDRIVE files, list their lanes, or make one from points.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.command("from-points")(from_points)

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="`.xodr` files, or names of built-in maps.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(files: Files, as_json: Json = False) -> None:
    """Say what each map holds and what is wrong with it.

    Ends with status 1 when a file cannot be used; all files are reported all the same. With `--json`, prints one
    object a file, each on a line of its own; `error` is null for a map that can be used. Lanes are counted in every
    lane section, lengths are in metres.

    Example: `wormdrive maps check country_loop Town01.xodr --json`
    """
    reports = (_report(file) for file in files)
    usable = _print_lines(reports) if as_json else _print_table(reports)
    if not usable:
        raise typer.Exit(1)


@app.command()
def lanes(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An `.xodr` file, or the name of a built-in map.")],
    spacing: Annotated[float, typer.Option(min=0.01, max=1000.0, help="Distance between points along s [m].")] = 2.0,
    kind: Annotated[list[str] | None, typer.Option("--type", help="Lane type to list; may be repeated.")] = None,
    as_json: Json = False,
) -> None:
    """List the centre of every driving lane.

    With `--json`, prints a list of `{road, section, lane, s, x, y, z, heading, width, type}` in OpenDRIVE's axes,
    metres and radians; headings point in the direction of travel. Points lie at the multiples of the spacing along the
    road, and where lane sections begin and end.

    Example: `wormdrive maps lanes Town01.xodr --spacing 2 --json`
    """
    from wormdrive.envs.roads import read_map

    road_map = read_map(file)
    kinds = frozenset(kind or ["driving"])
    if as_json:
        _print_list(_lane_rows(road_map, spacing, kinds))
    else:
        _print_lanes(road_map, spacing, kinds)


def _report(file: str) -> dict[str, object]:
    from wormdrive.envs.roads import read_map
    from wormdrive.envs.roads.map_problems import map_problems

    try:
        road_map = read_map(file)
    except MapError as error:
        counts = dict.fromkeys(("version", "roads", "junctions", "lanes", "driving_lanes", "length"))
        return {"file": file, **counts, "problems": [], "error": {"element": error.element, "reason": error.reason}}
    return {
        "file": file,
        "version": road_map.version,
        "roads": len(road_map.roads),
        "junctions": len(road_map.junctions),
        "lanes": road_map.lanes,
        "driving_lanes": road_map.driving_lanes,
        "length": round(road_map.length_m, 3),
        "problems": list(map_problems(road_map)),
        "error": None,
    }


def _print_lines(reports: Iterator[dict[str, object]]) -> bool:
    usable = True
    for report in reports:
        usable = usable and report["error"] is None
        print(json.dumps(report, allow_nan=False), flush=True)
    return usable


def _print_table(reports: Iterator[dict[str, object]]) -> bool:
    table = Table(box=None, pad_edge=False)
    for heading in ("map", "roads", "junctions", "lanes", "driving", "length [m]", "problems"):
        left = heading == "map"
        table.add_column(Text(heading), justify="left" if left else "right", overflow="fold", no_wrap=not left)
    usable = True
    remarks: list[Text] = []
    for report in reports:
        file = printable(str(report["file"]))
        name = Text(file)
        error, problems = report["error"], report["problems"]
        if isinstance(error, dict):
            usable = False
            table.add_row(name, *["-"] * 5, Text("cannot be used", "bold red"))
            where = f"{error['element']}: " if error["element"] else ""
            remarks.append(Text(printable(f"{file}: {where}{error['reason']}"), "red"))
            continue
        counts = [str(report[key]) for key in ("roads", "junctions", "lanes", "driving_lanes", "length")]
        found = problems if isinstance(problems, list) else []
        table.add_row(name, *counts, Text(str(len(found)), "yellow" if found else "green"))
        remarks.extend(Text(printable(f"{file}: {problem}"), "yellow") for problem in found)
    console = Console()
    console.print(table)
    for remark in remarks:
        console.print(remark, soft_wrap=True)
    return usable


def _lane_rows(road_map: RoadMap, spacing: float, kinds: frozenset[str]) -> Iterator[dict[str, object]]:
    import numpy as np

    from wormdrive.envs.roads.lane_listing import lane_centres

    for lane in lane_centres(road_map, spacing, kinds):
        points = lane.points
        heading = np.arctan2(np.sin(points.heading_rad), np.cos(points.heading_rad))
        columns = (points.s, points.x, points.y, points.z, heading, points.width_m)
        for s, x, y, z, angle, width in np.round(np.stack(columns, axis=1), 6).tolist():
            yield {
                "road": lane.road.id,
                "section": lane.section.index,
                "lane": lane.lane.id,
                "s": s,
                "x": x,
                "y": y,
                "z": z,
                "heading": angle,
                "width": width,
                "type": lane.lane.kind,
            }


def _print_list(rows: Iterator[dict[str, object]]) -> None:
    """One row a line, written as they come: large maps have millions."""
    lead = "["
    for row in rows:
        sys.stdout.write(f"{lead}\n{json.dumps(row, allow_nan=False)}")
        lead = ","
    sys.stdout.write("[]\n" if lead == "[" else "\n]\n")


def _print_lanes(road_map: RoadMap, spacing: float, kinds: frozenset[str]) -> None:
    from wormdrive.envs.roads.lane_listing import lane_centres

    table = Table(box=None, pad_edge=False)
    for heading in ("road", "section", "lane", "type", "from s [m]", "to s [m]", "width [m]"):
        table.add_column(Text(heading), justify="left" if heading in ("road", "type") else "right")
    for lane in lane_centres(road_map, spacing, kinds):
        width = lane.points.width_m
        span = f"{width.min():.2f}" if width.max() - width.min() < 0.005 else f"{width.min():.2f} to {width.max():.2f}"
        ends = (f"{lane.section.start_s:.2f}", f"{lane.section.end_s:.2f}")
        table.add_row(Text(lane.road.id), str(lane.section.index), str(lane.lane.id), Text(lane.lane.kind), *ends, span)
    Console().print(table)
