"""``wormdrive maps from-points``: an OpenDRIVE map of one road from a list of points."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wormdrive.envs.roads.from_points import FittedRoad

__all__ = ["from_points"]


def from_points(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The points: JSON or CSV.")],
    out: Annotated[
        Path | None, typer.Option(help="The map to write.", show_default="FILE with .xodr, in this folder")
    ] = None,
    lane_width: Annotated[float, typer.Option(help="Width of each of the two lanes [m], where FILE has none.")] = 3.5,
    speed_limit: Annotated[float, typer.Option(help="Speed limit of the road [km/h].")] = 80.0,
    force: Annotated[bool, typer.Option("--force", help="Replace a map that exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a road of two lanes through the points of FILE, for right-hand traffic, as OpenDRIVE 1.6.

    FILE is a JSON list of `[x, y]` in metres, or CSV with columns x and y; a third number is the width of a lane there.
    The road's middle follows the cubic spline through the points within a centimetre, by straights, arcs and clothoids,
    so that curvature is continuous. What is odd about the road is noted: it crosses itself, or no car can follow a
    bend. Any command takes the map: `wormdrive drive ncp --map road.xodr`.

    Example: `wormdrive maps from-points points.json --out road.xodr`
    """
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.envs.common.atomic_write import atomic_write
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.roads.from_points import read_road_points, road_from_points

    points = read_road_points(file)
    target = out or Path(f"{file.stem}.xodr")
    if target.suffix != ".xodr":
        raise ArgumentError(f"--out {target}: allowed is a name that ends with .xodr")
    require_new_files([target], force=force)
    try:
        road = road_from_points(points, target.stem, lane_width_m=lane_width, speed_limit_kmh=speed_limit)
    except ArgumentError as error:
        raise ArgumentError(f"{file}: {error}") from None
    atomic_write(target, road.text.encode())
    if as_json:
        typer.echo(json.dumps(_values(target, len(points.x), road), allow_nan=False))
        return
    bend = f"tightest bend {road.least_radius_m:.1f} m" if math.isfinite(road.least_radius_m) else "straight"
    typer.echo(f"{target}: {road.length_m:.1f} m of road through {len(points.x)} points, {bend}")
    for remark in road.remarks:
        typer.echo(f"{target}: {remark}")


def _values(target: Path, points: int, road: FittedRoad) -> dict[str, Any]:
    return {
        "map": str(target),
        "points": points,
        "length": round(road.length_m, 3),
        "geometries": road.geometries,
        "deviation": round(road.deviation_m, 6),
        "least_radius": round(road.least_radius_m, 3) if math.isfinite(road.least_radius_m) else None,
        "remarks": list(road.remarks),
    }
