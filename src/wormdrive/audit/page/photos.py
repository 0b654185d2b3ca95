"""Photos on a page of their own, ``attention.html``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from wormdrive.audit.attention.deletion import RANDOM
from wormdrive.audit.attention.maps import HEAD
from wormdrive.audit.attention.photo_section import PhotoAttention
from wormdrive.audit.attention.photos import Crop
from wormdrive.audit.attention.section import LookedAt
from wormdrive.audit.attention.seen_frames import RUN_UP
from wormdrive.audit.page.attention import checks_told, looks_row, picture_columns, steers
from wormdrive.audit.page.fragments import environment
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.scenarios.report.templates import style_sheet

__all__ = ["photos_page", "photos_verdict"]

_STYLE: Final = Path(__file__).parent / "explain.css"

_BETTER: Final = {"deletion": -1, "insertion": 1}
"""Of each area, whether more or less of it is better."""


def photos_page(found: PhotoAttention, command: str) -> str:
    """Return the page as HTML: no address in it leads outside. ``command`` is what makes it again."""
    return environment().get_template("photos.html.jinja").render(
        style=style_sheet(_STYLE),
        found=found,
        verdict=photos_verdict(found),
        seconds=f"{RUN_UP * DT_S:.0f}",
        rows=[_row(one, crop) for one, crop in zip(found.shown, found.crops, strict=True)],
        columns=picture_columns(found.checks),
        head=HEAD,
        told=checks_told(found.checks),
        command=command,
    )  # fmt: skip


def photos_verdict(found: PhotoAttention) -> str:
    """Say what is steered, and whether what is bright on the maps matters."""
    areas, first = found.checks.curves.areas(), found.checks.methods[0]
    matters = all(sign * (areas[kind][first] - areas[kind][RANDOM]) > 0 for kind, sign in _BETTER.items())
    sooner = "sooner than" if matters else "no sooner than"
    return f"{_steered(found.shown)}; hiding what is bright on its maps takes that away {sooner} hiding at random"


def _steered(shown: Sequence[LookedAt]) -> str:
    if len(shown) == 1:
        return f"steers {steers(shown[0].curvature)} at {shown[0].name}"
    ways = [steers(one.curvature).partition(",")[0] for one in shown]
    told = ", ".join(f"{way} at {ways.count(way)}" for way in ("left", "right", "straight on"))
    return f"was shown {len(shown)} photos and steers {told}"


def _row(one: LookedAt, crop: Crop) -> dict[str, Any]:
    row = looks_row(one)
    kept = (
        f"kept are {crop.kept_width} x {crop.kept_height} of {crop.width} x {crop.height} pixels, from row {crop.top}"
    )
    return row | {"says": f"{row['says']}; {kept}"}
