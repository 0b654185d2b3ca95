"""Write small OpenDRIVE maps by hand, for tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

__all__ = ["SHARED_MAPS", "lane", "opendrive", "road", "section", "shared_map"]

_REPOSITORY = Path(__file__).parents[2]
_SHARED = Path(os.environ.get("WORMDRIVE_SHARED", _REPOSITORY.parent / "shared"))
SHARED_MAPS = sorted((_SHARED / "maps").glob("*/*.xodr"))
"""The shared collection of OpenDRIVE files; empty where it is absent."""


def shared_map(name: str) -> Path:
    """Path of a shared map, or a skip."""
    path = _SHARED / "maps" / name
    if not path.exists():
        pytest.skip(f"the shared file {name} is not here: set WORMDRIVE_SHARED")
    return path


def lane(
    lane_id: int, kind: str = "driving", width: float | str = 3.5, mark: str = "", link: str = "", **more: str
) -> str:
    """A lane; ``width`` is a constant, or XML of width or border records."""
    records = width if isinstance(width, str) else f'<width sOffset="0" a="{width}" b="0" c="0" d="0"/>'
    attributes = "".join(f' {name}="{value}"' for name, value in more.items())
    return f'<lane id="{lane_id}" type="{kind}"{attributes}><link>{link}</link>{records}{mark}</lane>'


def section(*lanes: str, s: float = 0.0, centre: str = "") -> str:
    """A lane section of lanes made by ``lane``; ``centre`` is XML of the centre lane's marks."""
    left = "".join(x for x in lanes if 'id="-' not in x.split(">")[0])
    right = "".join(x for x in lanes if 'id="-' in x.split(">")[0])
    return (
        f'<laneSection s="{s}"><left>{left}</left><center><lane id="0" type="none">{centre}</lane></center>'
        f"<right>{right}</right></laneSection>"
    )


def road(
    plan: str | float = 100.0,
    sections: str = "",
    road_id: str = "1",
    length: float | None = None,
    link: str = "",
    junction: str = "-1",
    extra: str = "",
    lane_offset: str = "",
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0),
    rule: str = "RHT",
) -> str:
    """A road; ``plan`` is XML of geometries, or the length of a straight line from ``pose``."""
    if not isinstance(plan, str):
        length = plan if length is None else length
        x, y, heading = pose
        plan = f'<geometry s="0" x="{x}" y="{y}" hdg="{heading}" length="{plan}"><line/></geometry>'
    sections = sections or section(lane(1), lane(-1))
    return (
        f'<road id="{road_id}" name="" length="{length}" junction="{junction}" rule="{rule}"><link>{link}</link>'
        f"<planView>{plan}</planView>{extra}<lanes>{lane_offset}{sections}</lanes></road>"
    )


def opendrive(*parts: str, version: str = "1.6") -> str:
    """A whole file."""
    major, minor = version.split(".")
    return (
        f'<?xml version="1.0"?><OpenDRIVE><header revMajor="{major}" revMinor="{minor}"/>{"".join(parts)}</OpenDRIVE>'
    )
