"""What a sensor needs around it is made ready when it is spawned: its first tick takes no longer than the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.carla_server.stream_sink import StreamSink
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.values import Description
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles
from wormdrive.envs.seasons.conditions import Conditions


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
    listener = StreamSink()
    simulation = Simulation(Catalogue("suburb"), Conditions.preset("summer"), 0, listener)
    baked: list[Any] = []
    bake = TerrainTiles._bake

    def counting(self: TerrainTiles, *arguments: Any) -> Any:
        baked.append(arguments)
        return bake(self, *arguments)

    monkeypatch.setattr(TerrainTiles, "_bake", counting)
    sensor = simulation.episode.spawn(Description(name, attributes), Pose(z=2.0))
    simulation.sensors.prepare(sensor, rendering=True)
    assert baked
    baked.clear()
    simulation.step()
    assert sensor.stream in listener.spoke
    assert not baked
    simulation.close()
