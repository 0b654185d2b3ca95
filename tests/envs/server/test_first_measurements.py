"""What a sensor needs around it is made ready when it is spawned: its first tick takes no longer than the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.envs.server.outlet import Outlet
from wormdrive.envs.embedded.scene.land import Land
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.server.catalogue import Catalogue
from wormdrive.envs.server.poses import Pose
from wormdrive.envs.server.protocol.values import Description
from wormdrive.envs.server.simulation import Simulation


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("sensor.camera.rgb", {"image_size_x": "64", "image_size_y": "48"}),
        ("sensor.lidar.ray_cast", {"points_per_second": "3000"}),
        ("sensor.other.radar", {}),
    ],
)
def test_no_land_is_baked_after_the_spawn(
    name: str, attributes: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Outlet()
    simulation = Simulation(Catalogue("suburb"), Conditions.preset("summer"), 0, listener)
    baked: list[Any] = []
    bake = Land._bake

    def counting(self: Land, *arguments: Any) -> Any:
        baked.append(arguments)
        return bake(self, *arguments)

    monkeypatch.setattr(Land, "_bake", counting)
    sensor = simulation.episode.spawn(Description(name, attributes), Pose(z=2.0))
    simulation.sensors.prepare(sensor, simulation)
    assert baked
    baked.clear()
    simulation.step()
    assert sensor.stream in listener.spoke
    assert not baked
    simulation.close()
