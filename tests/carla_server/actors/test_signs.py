"""Traffic signs of a town, as scripts find them: by type, by landmark, by the place where they hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")


@pytest.fixture(scope="module")
def town() -> Iterator[CarlaServer]:
    with serving("town") as running:
        yield running


def test_signs_are_actors(town: CarlaServer) -> None:
    result = run_client(
        """
synchronous()
world.tick()
signs = [a for a in world.get_actors().filter("traffic.*") if a.type_id != "traffic.traffic_light"]
stops = [a for a in signs if a.type_id == "traffic.stop"]
limits = {a.type_id for a in signs if a.type_id.startswith("traffic.speed_limit.")}
marks = [mark for mark in world.get_map().get_all_landmarks() if mark.type == "206"]
found = [world.get_traffic_sign(mark) for mark in marks]
on_lane, against, far = [], [], []
for sign in stops:
    at = sign.get_transform()
    centre = sign.trigger_volume.location
    at.transform(centre)
    lane = world.get_map().get_waypoint(centre)
    on_lane.append(lane.transform.location.distance_2d(centre) < 0.5)
    # whoever drives in that lane looks the sign in the face
    against.append(lane.transform.get_forward_vector().dot(sign.get_transform().get_forward_vector()))
    far.append(centre.distance_2d(sign.get_location()))
try:
    client.apply_batch_sync([carla.command.DestroyActor(stops[0])], True)[0].error or 1 / 0
    kept = world.get_actor(stops[0].id) is not None
except ZeroDivisionError:
    kept = False
result = dict(kinds=sorted({a.type_id for a in signs}), stops=len(stops), limits=sorted(limits), kept=kept,
    found=sorted(a.id for a in found if a) == sorted(a.id for a in stops), marks=len(marks),
    on_lane=all(on_lane), against=max(against), far=max(far), moving=stops[0].get_velocity().length(),
    in_snapshot=all(world.get_snapshot().has_actor(a.id) for a in signs))
""",
        town.port,
    )
    assert {"traffic.stop", "traffic.yield"} <= set(result["kinds"])
    assert "traffic.speed_limit.50" in result["limits"]
    assert result["stops"] == result["marks"] > 0
    assert result["found"]
    assert result["on_lane"]
    assert result["against"] < -0.9
    assert result["far"] < 12.0
    assert result["moving"] == 0.0
    assert result["in_snapshot"]
    assert result["kept"]
