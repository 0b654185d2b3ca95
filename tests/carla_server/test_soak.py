"""A long drive: memory stays flat. ``WORMDRIVE_SOAK_TICKS=50000`` makes it a long one indeed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.carla_server.raw_client import RawClient, RawStream, transform
from tests.support.carla_server import ServerProcess

TICKS = int(os.environ.get("WORMDRIVE_SOAK_TICKS", "5000"))
GROWTH = 1.05


def resident(process: int) -> int:
    """Pages of a process's own memory that are in use, without files mapped into it."""
    resident_pages, shared = Path(f"/proc/{process}/statm").read_text().split()[1:3]
    return int(resident_pages) - int(shared)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_memory_stays_flat() -> None:
    """Cars drive, sensors come and go, listeners leave in mid-stream, the weather changes."""
    with ServerProcess("country_loop") as server, RawClient(server.port) as client:
        client.synchronous(1.0 / 30.0)
        points = client.get("get_map_info")[1]
        cars = [client.spawn("vehicle.tesla.model3", points[k]) for k in (0, 5, 10)]
        camera = client.spawn(
            "sensor.camera.rgb", transform(0.5, 0.0, 1.4), cars[0][0], image_size_x=40, image_size_y=20
        )
        weather = client.get("get_weather_parameters")
        after_warming = 0
        with client.listen(camera) as pictures, RawStream(server.port + 1, 1) as snapshots:
            for tick in range(TICKS):
                if tick % 100 == 50:
                    sensor = client.spawn("sensor.lidar.ray_cast", transform(z=2.0), cars[1][0])
                    with client.listen(sensor):
                        client.get("tick_cue")
                    client.get("destroy_actor", sensor[0])
                    weather[0] = tick % 97
                    client.call("set_weather_parameters", weather)
                if tick % 300 == 150:  # back to where they came from: the drive goes nowhere
                    for car, place in zip(cars, (0, 5, 10), strict=True):
                        client.call("set_actor_transform", car[0], points[place])
                for car in cars:
                    client.call("apply_control_to_vehicle", car[0], [0.4, 0.0, 0.0, False, False, False, 0])
                frame = client.get("tick_cue")
                pictures.of_frame(frame)
                snapshots.of_frame(frame)
                if tick == max(TICKS // 5, 3000):  # caches have filled by then
                    after_warming = resident(server.process.pid)
        assert resident(server.process.pid) <= GROWTH * after_warming
