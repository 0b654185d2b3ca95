"""SVG style: matplotlib figures as inline SVG that follows the page's colours, light or dark.

Plots are drawn in stand-in colours, one for each role; ``svg`` then replaces them by the page's CSS variables.
"""

from __future__ import annotations

import io
import re
from html import escape
from typing import Any

from wormdrive.envs.common.extras import needs_extra

with needs_extra("report"):
    import matplotlib
    from matplotlib.figure import Figure

__all__ = ["INK", "LINE", "MUTED", "OFFSET", "OFFSET_BOUNDS_M", "PAPER", "SERIES", "STYLE", "svg"]

INK = "#010101"
MUTED = "#020202"
LINE = "#030303"
PAPER = "#040404"
SERIES = ("#050501", "#050502", "#050503", "#050504", "#050505", "#050506")
"""Colours of models, in order: on the page from Okabe and Ito's palette, which colour-blind people can tell apart."""

OFFSET = ("#060601", "#060602", "#060603", "#060604", "#060605")
"""A sequential scale for lateral offset; steps end at ``OFFSET_BOUNDS_M``."""

OFFSET_BOUNDS_M = (0.1, 0.2, 0.4, 0.8)

_VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    PAPER: "--paper",
    **{colour: f"--series-{i}" for i, colour in enumerate(SERIES)},
    **{colour: f"--offset-{i}" for i, colour in enumerate(OFFSET)},
}

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}
"""rcParams for ``matplotlib.rc_context`` around the drawing of a figure."""


def svg(figure: Figure, name: str, label: str) -> str:
    """Return the figure as an ``<svg>`` element.

    ``name`` keeps its ids apart from other figures', ``label`` is what screen readers say.
    """
    buffer = io.StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": name, "svg.id": name}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, count=1, flags=re.DOTALL)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, f"var({variable})")
    text = re.sub(r"font: ([^;\"]*?px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
    # The page sets the size: width and height in points would defeat it.
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'<g id="[^"]*"', "<g", text)  # nothing refers to groups, and the next figure has the same
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)
