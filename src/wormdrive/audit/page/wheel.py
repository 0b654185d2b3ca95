"""A tree behind the wheel on the page: drives within the lane by leaves, and the best trees in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wormdrive.audit.page.fragments import fragment, percent
from wormdrive.audit.wheel.section import WheelSection

__all__ = ["TREE_SOURCES", "drives_cell", "wheel_finding", "wheel_fragment"]

TREE_SOURCES: Final = {
    "steering": "its own steering, in steps",
    "neurons": "its neurons",
    "situation": "what a person can name",
}
"""What trees are made of, in words."""


def wheel_finding(found: WheelSection) -> str:
    """Say how well the best tree of the neurons steers in the network's place, else that of the situation."""
    source = "neurons" if "neurons" in found.trees else "situation"
    best, all_ = found.best(source), found.network.drives
    if not best.driven.within:
        return f"no tree of up to {max(one.leaves for one in found.trees[source])} leaves keeps the lane in its place"
    return (
        f"a tree of {best.leaves} leaves over {TREE_SOURCES[source]} keeps the lane in its place on "
        f"{best.driven.within} of {all_} drives (it itself on {found.network.within})"
    )


def wheel_fragment(found: WheelSection) -> str:
    """Tell drives within the lane, a row a number of leaves, and the best trees in words."""
    data: dict[str, Any] = found.to_json()
    trees = data["trees"]
    sources = list(trees)
    return fragment(
        "wheel.html.jinja",
        sources=[TREE_SOURCES[source] for source in sources],
        rows=[
            (
                alike[0]["leaves"],
                [(percent(tree["r2"]), drives_cell(tree)) for tree in alike],
            )
            for alike in zip(*trees.values(), strict=True)
        ],
        network=drives_cell(data["network"]),
        constant=drives_cell(data["constant"]),
        by_season={
            "the network itself": found.network.by_season,
            **{
                f"{found.best(source).leaves} leaves over {TREE_SOURCES[source]}": found.best(source).driven.by_season
                for source in sources
            },
        },
        drives=found.network.drives,
        best={TREE_SOURCES[source]: (found.best(source).leaves, tree) for source, tree in data["best"].items()},
    )


def drives_cell(driven: Mapping[str, Any]) -> str:
    """Return drives within the lane by all wheels, in brackets by the car's centre, of how many: ``Driven``'s data."""
    return f"{driven['within']} ({driven['within_by_centre']}) of {driven['drives']}"
