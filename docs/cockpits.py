"""Draw docs/flight_cockpit.jpg and docs/convoy_cockpit.jpg, without a screen: `.venv/bin/python docs/cockpits.py`.

With a policy's folder and a follower's file they fly and drive; else the experts do:
`.venv/bin/python docs/cockpits.py runs/woods/ncp runs/mine.safetensors`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import torch

from wormdrive.convoy.cockpit.convoy_view import CONVOY, convoy_view
from wormdrive.convoy.cockpit.live import ConvoyLive
from wormdrive.convoy.cockpit.session import ConvoySession
from wormdrive.convoy.config import CAMERA
from wormdrive.convoy.storage import load_follower
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ConvoySimulator
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.display import simulated_display
from wormdrive.find_target.cockpit.flight_view import FLIGHT, FLIGHT_VIEW
from wormdrive.find_target.cockpit.live import FlightLive
from wormdrive.find_target.cockpit.monitor import flight_monitor
from wormdrive.find_target.cockpit.session import FlightSession
from wormdrive.find_target.flights import ExpertPilot, PolicyPilot
from wormdrive.find_target.policy import load_flight_policy
from wormdrive.scenarios.cockpit.live_loop import LiveLoop

FLIGHT_STEPS, CONVOY_STEPS = 48, 88
SEASONS = "autumn", "winter"


def save(live: LiveLoop, steps: int, name: str) -> None:
    """Go on for some steps and write what the window shows."""
    for _ in range(steps):
        live.frame()
    out = Path(__file__).with_name(name)
    cv2.imwrite(str(out), live.cockpit.picture()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    live.cockpit.close()


def flight(folder: str | None) -> None:
    """Fly to the chair in autumn."""
    scenario = FlightScenario(
        site=2, seed=11, target="chair", colour="blue", distance_m=18.0, conditions=Conditions.preset(SEASONS[0])
    )
    pilot, name, monitor = ExpertPilot(), "expert", None
    if folder is not None:
        policy = load_flight_policy(folder)
        pilot, name = PolicyPilot(policy), policy.kind
        monitor = flight_monitor(policy, lambda: pilot.state)
    cockpit, controls = Cockpit(FLIGHT, view=FLIGHT_VIEW), WeatherControls.preset(SEASONS[0])
    worlds = FlightWorlds(1, WoodCamera())
    session = FlightSession(worlds, lambda: scenario, pilot, name, controls=controls, monitor=monitor)
    save(FlightLive(session, cockpit, fixed=True), FLIGHT_STEPS, "flight_cockpit.jpg")


def convoy(file: str | None) -> None:
    """Drive behind a car that brakes in winter."""
    road = Scenario(
        conditions=Conditions.preset(SEASONS[1]),
        route_seed=3,
        seed=1_000_003,
        route_length_m=route_length_m(30.0, 4),
        time_limit_s=30.0,
    )
    cockpit, controls = Cockpit(CONVOY, view=convoy_view(4)), WeatherControls.preset(SEASONS[1])
    session = ConvoySession(
        ConvoySimulator(1, 4, camera=CAMERA),
        lambda: ConvoyScenario(road=road, profile="braking"),
        None if file is None else load_follower(Path(file)),
        "expert" if file is None else Path(file).stem,
        controls=controls,
    )
    session.follow(1)
    save(ConvoyLive(session, cockpit, fixed=True), CONVOY_STEPS, "convoy_cockpit.jpg")


if __name__ == "__main__":
    given: list[str | None] = [*sys.argv[1:], None, None]
    torch.set_num_threads(1)
    with simulated_display():
        flight(given[0])
        convoy(given[1])
