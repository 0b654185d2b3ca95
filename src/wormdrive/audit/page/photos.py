"""Photos on a page of their own, ``attention.html``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from wormdrive.audit.attention.deletion import RANDOM
from wormdrive.audit.attention.maps import GRADIENTS
from wormdrive.audit.attention.photo_section import PhotoAttention
from wormdrive.audit.attention.photos import Crop
from wormdrive.audit.attention.section import LookedAt
from wormdrive.audit.attention.seen_frames import RUN_UP
from wormdrive.audit.page.attention import COLUMNS, checks_told, looks_row, steers
from wormdrive.audit.page.fragments import environment, percent
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.scenarios.report.templates import style_sheet

__all__ = ["photos_page", "photos_verdict"]

_STYLE: Final = Path(__file__).parent / "explain.css"


def photos_page(found: PhotoAttention, command: str) -> str:
    """Return the page as HTML: no address in it leads outside. ``command`` is what makes it again."""
    return environment().get_template("photos.html.jinja").render(
        style=style_sheet(_STYLE),
        found=found,
        verdict=photos_verdict(found),
        seconds=f"{RUN_UP * DT_S:.0f}",
        rows=[_row(one, crop) for one, crop in zip(found.shown, found.crops, strict=True)],
        columns=COLUMNS,
        missed=percent(found.checks.missed),
        told=checks_told(found.checks),
        command=command,
    )  # fmt: skip


def photos_verdict(found: PhotoAttention) -> str:
    """Say what is steered, and whether what is bright on the maps matters."""
    first, count = found.shown[0], len(found.shown)
    of = f"at {first.name} steers {steers(first.curvature)}"
    if count > 1:
        left = sum(steers(one.curvature).startswith("left") for one in found.shown)
        right = sum(steers(one.curvature).startswith("right") for one in found.shown)
        of = f"at {count} photos steers left {left} times, right {right} times, straight on {count - left - right} times"
    areas = found.checks.curves.areas()
    matters = all(sign * (areas[kind][GRADIENTS] - areas[kind][RANDOM]) > 0 for kind, sign in _BETTER.items())
    sooner = "sooner than" if matters else "no sooner than"
    return f"{of}; hiding what is bright on its maps first takes that away {sooner} hiding at random"


_BETTER: Final = {"deletion": -1, "insertion": 1}


def _row(one: LookedAt, crop: Crop) -> dict[str, Any]:
    row = looks_row(one)
    kept = (
        f"of {crop.width} x {crop.height} pixels those from column {crop.left} and row {crop.top} on, "
        f"{crop.kept_width} x {crop.kept_height}, were kept"
    )
    return row | {"says": f"{row['says']}; {kept}"}
