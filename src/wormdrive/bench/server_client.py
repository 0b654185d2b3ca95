"""What ``bench server`` measures from the client's side: the real client, in a process of its own.

Reads lines ``scene seconds`` and answers each with a JSON line ``[ticks, seconds]``. Run by
``python -m wormdrive.bench.server_client PORT``.
"""

from __future__ import annotations

import importlib
import json
import queue
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, Final

__all__ = ["SCENES", "main"]

DELTA_S: Final = 1.0 / 30.0
WARMING: Final = 10
MANAGED: Final = 20

SCENES: Final = ("200x80", "800x600", "traffic")
"""An awaited camera of that size on one vehicle; twenty vehicles of a Traffic Manager."""


class _Session:
    def __init__(self, port: int) -> None:
        self.carla: Any = importlib.import_module("carla")  # here alone: what it does to a process stays in this one
        self.client = self.carla.Client("127.0.0.1", port)
        self.client.set_timeout(60.0)
        self.world = self.client.get_world()
        for left in self.world.get_actors().filter("vehicle.*"):  # of a client that was ended
            left.destroy()
        settings = self.world.get_settings()
        settings.synchronous_mode = True
        settings.fixed_delta_seconds = DELTA_S
        self.world.apply_settings(settings)
        self.points = self.world.get_map().get_spawn_points()
        self.library = self.world.get_blueprint_library()

    def measure(self, scene: str, seconds: float) -> tuple[int, float]:
        actors, tick = self._traffic() if scene == "traffic" else self._camera(*map(int, scene.split("x")))
        for _ in range(WARMING):
            tick()
        began, ticks = time.perf_counter(), 0
        while time.perf_counter() - began < seconds or not ticks:
            tick()
            ticks += 1
        took = time.perf_counter() - began
        for actor in actors:
            if hasattr(actor, "stop"):
                actor.stop()
            actor.destroy()
        return ticks, took

    def _camera(self, width: int, height: int) -> tuple[list[Any], Callable[[], None]]:
        carla = self.carla
        car = self.world.spawn_actor(self.library.find("vehicle.wormdrive.saloon"), self.points[0])
        lens = self.library.find("sensor.camera.rgb")
        for name, value in (("image_size_x", width), ("image_size_y", height), ("fov", 100)):
            lens.set_attribute(name, str(value))
        mount = carla.Transform(carla.Location(x=0.5, z=1.4), carla.Rotation(pitch=-5.7))
        camera = self.world.spawn_actor(lens, mount, attach_to=car)
        pictures: queue.Queue[Any] = queue.Queue()
        camera.listen(pictures.put)
        # held on the spot: the picture is drawn all the same, and a drive would end beside the road
        control = carla.VehicleControl(steer=0.01, hand_brake=True)

        def tick() -> None:
            car.apply_control(control)
            frame = self.world.tick()
            while pictures.get(timeout=60.0).frame < frame:
                pass

        return [camera, car], tick

    def _traffic(self) -> tuple[list[Any], Callable[[], None]]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        manager = self.client.get_trafficmanager(port)
        manager.set_synchronous_mode(True)
        manager.set_random_device_seed(0)
        car = self.library.find("vehicle.tesla.model3")
        step = max(len(self.points) // MANAGED, 1)
        cars = [self.world.spawn_actor(car, self.points[k * step]) for k in range(MANAGED)]
        for each in cars:
            each.set_autopilot(True, port)

        class Shutting:
            def destroy(self) -> None:
                manager.shut_down()

        return [Shutting(), *cars], self.world.tick


def main() -> None:
    """Serve measurements until the input ends."""
    session = _Session(int(sys.argv[1]))
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        scene, seconds = line.split()
        print(json.dumps(session.measure(scene, float(seconds))), flush=True)


if __name__ == "__main__":
    main()
