"""Learning: imitation of the expert, then rounds of DAgger: the policy flies, the expert says what to do there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.find_target.scenario import FlightScenario, ScenarioRanges, draw_scenario
from wormdrive.envs.find_target.targets import TARGETS
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.find_target.flights import ExpertPilot, PolicyPilot, fly
from wormdrive.find_target.policy import FlightPolicy, normalised
from wormdrive.training.progress import Progress, Silent

__all__ = ["FlightRecipe", "record_demonstrations", "train_flight_policy", "training_ranges"]

_COLOURS: Final = ("red", "blue", "yellow")
_WEIGHTS: Final = (1.0, 2.0, 1.0, 3.0)  # of the actions' errors: turning and stepping aside decide
_MIRRORED: Final = (1.0, -1.0, 1.0, -1.0)
_MIRROR: Final = 0.5
_DAGGER_SEED: Final = 500_000


class FlightRecipe(BaseModel):
    """How a policy is trained; the defaults take about two minutes of one core."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    season: str = "summer"
    weather: str = "day"
    sites: int = Field(default=6, ge=1, le=100, description="places of the map that are flown at")
    distance_m: tuple[float, float] = (10.0, 25.0)
    demonstrations: int = Field(default=128, ge=1, le=100_000, description="flights of the expert")
    rounds: int = Field(default=2, ge=0, le=100, description="of DAgger")
    round_flights: int = Field(default=48, ge=1, le=100_000)
    steps: int = Field(default=240, ge=0, le=1_000_000)
    round_steps: int = Field(default=50, ge=0, le=1_000_000)
    batch: int = Field(default=16, ge=1, le=4096, description="windows a step")
    window: int = Field(default=16, ge=1, le=1000, description="pictures that follow one another")
    rate: float = Field(default=2e-3, gt=0.0, le=1.0)
    worlds: int = Field(default=64, ge=1, le=4096, description="flights at once")


def training_ranges(recipe: FlightRecipe, map_name: str = "country_loop") -> ScenarioRanges:
    """Return what training flights are drawn from."""
    conditions = (Conditions.preset(recipe.season, recipe.weather),)
    return ScenarioRanges(
        (map_name,), recipe.sites, conditions, 0, tuple(TARGETS), _COLOURS, recipe.distance_m, 0.0, 0, 30.0
    )


def drawn(recipe: FlightRecipe, count: int, seed: int) -> list[FlightScenario]:
    """Draw flights: the k-th of a seed is the same one whatever their number."""
    ranges = training_ranges(recipe)
    return [draw_scenario(ranges, np.random.default_rng((seed, k))) for k in range(count)]


def record_demonstrations(
    recipe: FlightRecipe, *, threads: int = 1, progress: Progress | None = None
) -> list[FlightEpisode]:
    """Let the expert fly; the same recipe gives the same flights, whatever is trained on them."""
    worlds = FlightWorlds(recipe.worlds, WoodCamera(threads=threads))
    told = progress or Silent()
    told.begin("expert flies", recipe.demonstrations, "flights")
    flights = fly(
        worlds, drawn(recipe, recipe.demonstrations, 0), ExpertPilot(shaken_seed=1), keep=True, told=told.advance
    )
    worlds.close()
    return flights


def train_flight_policy(
    kind: str,
    seed: int,
    recipe: FlightRecipe,
    demonstrations: Sequence[FlightEpisode],
    *,
    threads: int = 1,
    progress: Progress | None = None,
) -> FlightPolicy:
    """Train a policy; the same arguments give the same bits.

    Parameters
    ----------
    kind:
        See ``FlightPolicy``.
    seed:
        Of weights, order of data and DAgger's flights.
    demonstrations:
        From ``record_demonstrations``, or recorded ones that were loaded again.

    Raises
    ------
    ArgumentError
        If there is no such kind, there is no demonstration, or its pictures have another size than a policy's.
    """
    policy = FlightPolicy(kind, seed=seed)
    for size in {flight.frames.shape[1:3] for flight in demonstrations} or {(0, 0)}:
        if size != (policy.height, policy.width):
            raise ArgumentError(
                f"demonstrations of {size[1]}x{size[0]} pixels: allowed are some of {policy.width}x{policy.height}"
            )
    told = progress or Silent()
    total = recipe.steps + recipe.rounds * recipe.round_steps
    optimiser = torch.optim.Adam(policy.parameters(), recipe.rate)
    random = np.random.default_rng((seed, 7))
    flights, step = list(demonstrations), 0
    worlds = FlightWorlds(recipe.worlds, WoodCamera(threads=threads))
    for round_ in range(recipe.rounds + 1):
        if round_:
            told.begin(f"{kind} flies, round {round_}", recipe.round_flights, "flights")
            scenarios = drawn(recipe, recipe.round_flights, _DAGGER_SEED + 100 * seed + round_)
            flights += fly(worlds, scenarios, PolicyPilot(policy.eval()), keep=True, told=told.advance)
        steps = recipe.round_steps if round_ else recipe.steps
        told.begin(f"train {kind}", steps, "steps")
        policy.train()
        for k in range(steps):
            _set_rate(optimiser, recipe.rate, step / max(total, 1))
            loss = _learn(policy, optimiser, flights, recipe, random)
            step += 1
            told.advance(k + 1, loss=loss)
    worlds.close()
    return policy.eval()


def _set_rate(optimiser: torch.optim.Optimizer, rate: float, share: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate * min(1.0, 0.1 + 20.0 * share) * (0.05 + 0.95 * 0.5 * (1.0 + math.cos(math.pi * share)))


def _learn(
    policy: FlightPolicy,
    optimiser: torch.optim.Optimizer,
    flights: Sequence[FlightEpisode],
    recipe: FlightRecipe,
    random: np.random.Generator,
) -> float:
    frames, labels, counts = draw_windows(flights, recipe.batch, recipe.window, random)
    gain, bias = draw_tint(recipe.batch, random)
    images = normalised(torch.from_numpy(frames), gain, bias)
    actions, _ = policy(images)
    error = (
        (actions - torch.from_numpy(labels)).square() * torch.tensor(_WEIGHTS) * torch.from_numpy(counts)[:, :, None]
    )
    loss = error.sum() / max(float(counts.sum()), 1.0)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


def draw_windows(
    flights: Sequence[FlightEpisode], batch: int, window: int, random: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Draw windows: pictures (B, T, H, W, 3), actions (B, T, 4), and 1 or 0 (B, T) for those that count.

    Flights are drawn as often as they are long, half of them mirrored; one shorter than a window is followed by
    pictures that do not count.
    """
    lengths = np.array([len(flight.expert) for flight in flights], np.float64)
    chosen = random.choice(len(flights), batch, p=lengths / lengths.sum())
    shape = flights[0].frames.shape[1:]
    frames = np.zeros((batch, window, *shape), np.uint8)
    actions, counts = np.zeros((batch, window, 4), np.float32), np.zeros((batch, window), np.float32)
    for row, k in enumerate(chosen):
        flight, mirror = flights[k], random.random() < _MIRROR
        first = int(random.integers(max(int(lengths[k]) - window, 0) + 1))
        part = slice(first, first + window)
        length = len(flight.expert[part])
        frames[row, :length] = flight.frames[part, :, ::-1] if mirror else flight.frames[part]
        actions[row, :length] = flight.expert[part] * np.array(_MIRRORED if mirror else 1.0, np.float32)
        counts[row, :length] = flight.counts[part]
    return frames, actions, counts


def draw_tint(batch: int, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Draw gains and biases of contrast, brightness and colour for whole windows, (B, 1, 1, 1, 3) each."""
    gain = random.uniform(0.75, 1.25, (batch, 1)) * random.uniform(0.9, 1.1, (batch, 3))
    bias = random.uniform(-0.25, 0.25, (batch, 1)) + random.uniform(-0.15, 0.15, (batch, 3))
    one, other = (torch.from_numpy(part.astype(np.float32))[:, None, None, None] for part in (gain, bias))
    return one, other
