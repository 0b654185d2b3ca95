"""Nineteen liquid neurons that keep a car in its lane, through every season.

Importing the package registers ``wormdrive/LaneKeeping-v0`` and ``-v1`` and ``wormdrive/FindTarget-v0`` with
Gymnasium. Everything that it offers stands here by name and is loaded when it is first asked for (PEP 562), so that the
import itself stays quick and free of torch:

>>> import wormdrive
>>> wormdrive.Conditions.preset("winter", "dusk").season.name
'winter'

==============  ======================================================================================================
cells           ``LTC``, ``CfC``, ``Wiring``
sequences       ``nn``: a module of liquid networks for any sequence, called as those of ncps and torch
ncps            ``ltc_from_ncps``, ``wiring_from_ncps``, ``wiring_to_ncps``: to and from the papers' own library
policies        ``load_policy``, ``save_policy``, ``Policy``, ``PolicyConfig``, ``register_policy``
drivers         ``Driver``, ``PolicyDriver``, ``Expert``; ``Mount``, ``PictureInput``: of networks that others made
roads           ``read_map``, ``RoadMap``, ``follow_route``, ``Route``
seasons         ``Conditions`` = ``Season`` + ``Weather`` + ``Lens``; ``SEASONS``, ``WEATHERS``; ``ConditionsSampler``
simulation      ``Scenario``, ``Disturbances``, ``EmbeddedSimulator``, ``DisturbedSimulator``, ``SimulatorChoice``,
                ``CameraConfig``, ``Observation``
environments    ``LaneKeepingEnv``, ``LaneKeepingVectorEnv``: what ``gymnasium.make`` and ``make_vec`` make;
                ``make_sb3_vec_env``: for stable-baselines3;
                ``ConvoyEnv``, ``ConvoyScenario``: several cars behind one another, for PettingZoo
episodes        ``Episode``, ``render_episode``; ``EpisodeDataset``: for torch; ``export_episodes``: to formats of
                others
pictures        ``SceneCamera`` draws a map from anywhere; ``Look``, ``Cars``
CARLA           ``CarlaServer``: a CARLA server over the embedded simulator
learning        ``record``, ``RecordConfig``; ``train``, ``TrainConfig``, ``recipe``
testing         ``evaluate``, ``load_candidate``, ``load_suite``, ``Suite``
errors          ``errors``: a module of all errors; each is an ``errors.WormdriveError``
==============  ======================================================================================================
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import gymnasium

if TYPE_CHECKING:  # for type checkers and editors; at run time ``__getattr__`` loads the same
    from wormdrive import errors, nn
    from wormdrive.agents.cells.cfc import CfC
    from wormdrive.agents.cells.ltc import LTC
    from wormdrive.agents.driver import Driver
    from wormdrive.agents.expert import Expert
    from wormdrive.agents.mounted.mount import Mount
    from wormdrive.agents.mounted.pictures import PictureInput
    from wormdrive.agents.policies.policy import Policy, PolicyConfig
    from wormdrive.agents.policies.registry import register_policy
    from wormdrive.agents.policies.serialization import load_policy, save_policy
    from wormdrive.agents.policy_driver import PolicyDriver
    from wormdrive.agents.wirings.ncps_bridge import ltc_from_ncps, wiring_from_ncps, wiring_to_ncps
    from wormdrive.agents.wirings.wiring import Wiring
    from wormdrive.carla_server.server import CarlaServer
    from wormdrive.envs.convoy.environment import ConvoyEnv
    from wormdrive.envs.convoy.scenario import ConvoyScenario
    from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
    from wormdrive.envs.embedded.episode_renderer import render_episode
    from wormdrive.envs.embedded.simulator import EmbeddedSimulator
    from wormdrive.envs.episodes.episode import Episode
    from wormdrive.envs.lane_keeping.environment import LaneKeepingEnv
    from wormdrive.envs.lane_keeping.sb3 import make_sb3_vec_env
    from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv
    from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera
    from wormdrive.envs.roads import RoadMap, Route, follow_route, read_map
    from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions, Lens, Season, Weather
    from wormdrive.envs.seasons.sampler import ConditionsSampler
    from wormdrive.envs.simulation.camera_config import CameraConfig
    from wormdrive.envs.simulation.disturbances import Disturbances
    from wormdrive.envs.simulation.observation import Observation
    from wormdrive.envs.simulation.scenario import Scenario
    from wormdrive.envs.simulator_factory import SimulatorChoice
    from wormdrive.scenarios.candidate import load_candidate
    from wormdrive.scenarios.evaluate import evaluate
    from wormdrive.scenarios.suite import Suite, load_suite
    from wormdrive.training.config import RecordConfig, TrainConfig, recipe
    from wormdrive.training.episode_dataset import EpisodeDataset
    from wormdrive.training.episode_export.exporting import export_episodes
    from wormdrive.training.imitation import train
    from wormdrive.training.recorder import record

__all__ = [
    "LTC",
    "SEASONS",
    "WEATHERS",
    "CameraConfig",
    "CarlaServer",
    "Cars",
    "CfC",
    "Conditions",
    "ConditionsSampler",
    "ConvoyEnv",
    "ConvoyScenario",
    "Disturbances",
    "DisturbedSimulator",
    "Driver",
    "EmbeddedSimulator",
    "Episode",
    "EpisodeDataset",
    "Expert",
    "LaneKeepingEnv",
    "LaneKeepingVectorEnv",
    "Lens",
    "Look",
    "Mount",
    "Observation",
    "PictureInput",
    "Policy",
    "PolicyConfig",
    "PolicyDriver",
    "RecordConfig",
    "RoadMap",
    "Route",
    "Scenario",
    "SceneCamera",
    "Season",
    "SimulatorChoice",
    "Suite",
    "TrainConfig",
    "Weather",
    "Wiring",
    "errors",
    "evaluate",
    "export_episodes",
    "follow_route",
    "load_candidate",
    "load_policy",
    "load_suite",
    "ltc_from_ncps",
    "make_sb3_vec_env",
    "nn",
    "read_map",
    "recipe",
    "record",
    "register_policy",
    "render_episode",
    "save_policy",
    "train",
    "wiring_from_ncps",
    "wiring_to_ncps",
]

__version__ = "0.2.0"

if not (Path(__file__).parent / "envs").is_dir():
    raise ImportError(
        "this clone has no symbolic links, which the rooms of wormdrive are reached by: run "
        "`git config core.symlinks true` and `git checkout -- src` in it (on Windows with developer mode on), "
        "or install the package with `pip install` from a wheel"
    )

_HOMES = MappingProxyType(
    {
        "agents.cells.cfc": ("CfC",),
        "agents.cells.ltc": ("LTC",),
        "agents.driver": ("Driver",),
        "agents.expert": ("Expert",),
        "agents.mounted.mount": ("Mount",),
        "agents.mounted.pictures": ("PictureInput",),
        "agents.policies.policy": ("Policy", "PolicyConfig"),
        "agents.policies.registry": ("register_policy",),
        "agents.policies.serialization": ("load_policy", "save_policy"),
        "agents.policy_driver": ("PolicyDriver",),
        "agents.wirings.ncps_bridge": ("ltc_from_ncps", "wiring_from_ncps", "wiring_to_ncps"),
        "agents.wirings.wiring": ("Wiring",),
        "carla_server.server": ("CarlaServer",),
        "envs.convoy.environment": ("ConvoyEnv",),
        "envs.convoy.scenario": ("ConvoyScenario",),
        "envs.disturbances.disturbed_simulator": ("DisturbedSimulator",),
        "envs.embedded.episode_renderer": ("render_episode",),
        "envs.embedded.simulator": ("EmbeddedSimulator",),
        "envs.episodes.episode": ("Episode",),
        "envs.lane_keeping.environment": ("LaneKeepingEnv",),
        "envs.lane_keeping.sb3": ("make_sb3_vec_env",),
        "envs.lane_keeping.vector_environment": ("LaneKeepingVectorEnv",),
        "envs.rendering.scene": ("Cars", "Look", "SceneCamera"),
        "envs.roads": ("RoadMap", "Route", "follow_route", "read_map"),
        "envs.seasons.conditions": ("SEASONS", "WEATHERS", "Conditions", "Lens", "Season", "Weather"),
        "envs.seasons.sampler": ("ConditionsSampler",),
        "envs.simulation.camera_config": ("CameraConfig",),
        "envs.simulation.disturbances": ("Disturbances",),
        "envs.simulation.observation": ("Observation",),
        "envs.simulation.scenario": ("Scenario",),
        "envs.simulator_factory": ("SimulatorChoice",),
        "scenarios.candidate": ("load_candidate",),
        "scenarios.evaluate": ("evaluate",),
        "scenarios.suite": ("Suite", "load_suite"),
        "training.config": ("RecordConfig", "TrainConfig", "recipe"),
        "training.episode_dataset": ("EpisodeDataset",),
        "training.episode_export.exporting": ("export_episodes",),
        "training.imitation": ("train",),
        "training.recorder": ("record",),
    }
)
"""Where each name is defined."""
_MODULES = MappingProxyType({name: f"wormdrive.{home}" for home, names in _HOMES.items() for name in names})


def __getattr__(name: str) -> Any:
    if name in ("errors", "nn"):
        return import_module(f"wormdrive.{name}")
    if name not in _MODULES:
        raise AttributeError(f"module 'wormdrive' has no attribute {name!r}", name=name, obj=sys.modules[__name__])
    found = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})


_V1_REWARD = MappingProxyType({"progress": 1.0, "offset": 0.5, "comfort": 0.1, "terminal": 20.0})
for _version, _options in (("v0", {}), ("v1", {"reward": dict(_V1_REWARD)})):
    gymnasium.register(
        id=f"wormdrive/LaneKeeping-{_version}",
        entry_point="wormdrive.envs.lane_keeping.environment:LaneKeepingEnv",
        vector_entry_point="wormdrive.envs.lane_keeping.vector_environment:LaneKeepingVectorEnv",
        kwargs=_options,
    )
gymnasium.register(
    id="wormdrive/FindTarget-v0",
    entry_point="wormdrive.envs.find_target.environment:FindTargetEnv",
    vector_entry_point="wormdrive.envs.find_target.vector_environment:FindTargetVectorEnv",
)
