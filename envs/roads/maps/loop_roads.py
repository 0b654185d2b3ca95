"""Cut a closed line into roads that lead into one another."""

from __future__ import annotations

from dataclasses import replace

from wormdrive.envs.roads.maps.alignment import Geometry
from wormdrive.envs.roads.maps.profiles import cut
from wormdrive.envs.roads.maps.road_specs import Cubic, RoadSpec, SectionSpec

__all__ = ["chop"]


def chop(
    line: list[Geometry],
    pieces: int,
    name: str,
    kind: str,
    limit_kmh: float,
    section: SectionSpec,
    elevation: list[Cubic],
    superelevation: list[Cubic] | None = None,
) -> list[RoadSpec]:
    """Make roads ``0`` to ``pieces - 1``, cut where geometries meet, the last one leading back into the first."""
    length = line[-1].s + line[-1].length_m
    bounds = [0]
    for k in range(1, pieces):
        bounds.append(min(range(len(line)), key=lambda g: abs(line[g].s - k * length / pieces)))
    bounds.append(len(line))
    roads = []
    for k in range(pieces):
        mine = line[bounds[k] : bounds[k + 1]]
        start, end = mine[0].s, mine[-1].s + mine[-1].length_m
        roads.append(
            RoadSpec(
                id=str(k),
                name=f"{name} {k}",
                kind=kind,
                limit_kmh=limit_kmh,
                geometries=tuple(replace(geometry, s=geometry.s - start) for geometry in mine),
                sections=(section,),
                predecessor=("road", str((k - 1) % pieces), "end"),
                successor=("road", str((k + 1) % pieces), "start"),
                elevation=cut(elevation, start, end),
                superelevation=cut(superelevation or [], start, end),
            )
        )
    return roads
