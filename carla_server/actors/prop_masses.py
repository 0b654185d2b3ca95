"""What props weigh, once their physics is on: a few typical ones, and the others by their size."""

from __future__ import annotations

from typing import Final

from wormdrive.carla_server.actors.blueprints import Blueprint

__all__ = ["prop_mass_kg"]

_MASSES_KG: Final = (
    ("trafficcone", 4.0),
    ("constructioncone", 3.0),
    ("streetbarrier", 40.0),
    ("chainbarrier", 25.0),
    ("warning", 20.0),
    ("trafficwarning", 350.0),
    ("barrel", 20.0),
    ("trashcan", 20.0),
    ("bin", 12.0),
    ("bag", 3.0),
    ("case", 8.0),
    ("purse", 1.0),
    ("box", 5.0),
    ("gnome", 5.0),
    ("wateringcan", 1.0),
    ("shopping", 20.0),
    ("table", 15.0),
)
"""Mass of those whose id holds a word; the longest word counts."""
_DENSITY: Final = 150.0
"""Of the others' boxes, most of which are hollow [kg/m³]."""
_LEAST_KG: Final = 0.5


def prop_mass_kg(blueprint: Blueprint) -> float:
    """Mass of a prop of that blueprint [kg]."""
    words = [(len(word), mass) for word, mass in _MASSES_KG if word in blueprint.id]
    if words:
        return max(words)[1]
    length, width, height = blueprint.size_m
    return max(_DENSITY * length * width * height, _LEAST_KG)
