"""Presets: named conditions, read from ``presets.yaml``."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["read"]


def read(season: str, weather: str) -> dict[str, dict[str, Any]]:
    """Fields of ``Conditions`` for one preset: the season's own, then the weather's, then the pair's."""
    table = _table()
    fields: dict[str, dict[str, Any]] = {"season": {"name": season}, "weather": {}, "lens": {}}
    for layer in (
        table["seasons"][season],
        table["weathers"][weather],
        table["pairs"].get(season, {}).get(weather, {}),
    ):
        for part, values in layer.items():
            fields[part].update(values)
    return deepcopy(fields)


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("presets.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return table
