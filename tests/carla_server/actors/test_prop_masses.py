"""Masses of props."""

from __future__ import annotations

from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.actors.prop_masses import prop_mass_kg


def test_every_prop_weighs_something_sensible() -> None:
    weights = {name: prop_mass_kg(one) for name, one in library().items() if name.startswith("static.prop.")}
    assert len(weights) > 40
    assert all(0.4 < weight < 8_000.0 for weight in weights.values())
    assert weights["static.prop.trafficwarning"] > weights["static.prop.streetbarrier"]
    assert weights["static.prop.streetbarrier"] > weights["static.prop.trafficcone01"]
