"""Flights: let somebody fly, and keep what was seen, what the expert would have done, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.envs.find_target.flight_episode import STEP_ARRAYS, FlightEpisode, no_steps
from wormdrive.envs.find_target.gusts import next_push
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds
from wormdrive.find_target.cores import rows_of
from wormdrive.find_target.expert import expert_actions
from wormdrive.find_target.policy import FlightPolicy, normalised

__all__ = ["ExpertPilot", "Pilot", "PolicyPilot", "fly"]

_REMEMBERED: Final = 10
"""Steps for which a target that is out of view still tells what to do."""


class Pilot(Protocol):
    """Who flies."""

    def begin(self, count: int) -> None:
        """Prepare for that many flights at once."""

    def act(self, worlds: FlightWorlds, seen: FlightObservation, flying: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return actions (K, 4) of the K worlds that still fly."""


class ExpertPilot:
    """Flies as the expert does.

    Parameters
    ----------
    shaken_seed:
        Push it about by gusts drawn from this seed, so that there is something to correct; None: not at all.
    """

    def __init__(self, shaken_seed: int | None = None) -> None:
        self._random = None if shaken_seed is None else np.random.default_rng(shaken_seed)
        self._push = np.zeros((0, 4))

    def begin(self, count: int) -> None:
        """Begin without gusts."""
        self._push = np.zeros((count, 4))

    def act(self, worlds: FlightWorlds, seen: FlightObservation, flying: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return actions (K, 4)."""
        if self._random is not None:
            self._push = next_push(self._push, self._random)
        return np.clip(expert_actions(worlds, seen) + self._push, -1.0, 1.0)[flying]


class PolicyPilot:
    """Flies by a policy, from pictures alone."""

    def __init__(self, policy: FlightPolicy) -> None:
        self._policy = policy
        self._state: Any = None
        self._flying = np.zeros(0, np.int64)

    @property
    def state(self) -> Any:
        """What it remembers of the flights that it flies."""
        return self._state

    def begin(self, count: int) -> None:
        """Forget everything."""
        self._state, self._flying = None, np.arange(count)

    def act(self, worlds: FlightWorlds, seen: FlightObservation, flying: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return actions (K, 4)."""
        kept = torch.from_numpy(np.searchsorted(self._flying, flying))
        images = normalised(torch.from_numpy(seen.camera[flying]))[:, None]
        with torch.inference_mode():
            actions, self._state = self._policy(images, rows_of(self._state, kept))
        self._flying = flying
        return np.asarray(actions[:, 0].numpy(), np.float64)


def fly(
    worlds: FlightWorlds,
    scenarios: Sequence[FlightScenario],
    pilot: Pilot,
    *,
    keep: bool = False,
    told: Callable[[int], None] | None = None,
) -> list[FlightEpisode]:
    """Fly scenarios to their ends, as many at once as there are worlds.

    Parameters
    ----------
    keep:
        Keep what was seen and done, and what the expert would have done.
    told:
        Called with the number of flights that have ended.
    """
    flights: list[FlightEpisode] = []
    for first in range(0, len(scenarios), worlds.count):
        wave = list(scenarios[first : first + worlds.count])
        flights += _fly_wave(worlds, wave, pilot, keep, len(flights), told)
    return flights


def _fly_wave(
    worlds: FlightWorlds,
    scenarios: Sequence[FlightScenario],
    pilot: Pilot,
    keep: bool,
    before: int,
    told: Callable[[int], None] | None,
) -> list[FlightEpisode]:
    count = len(scenarios)
    spare = [scenarios[0]] * (worlds.count - count)
    seen = worlds.reset([*scenarios, *spare])
    worlds.end_reason[count:] = 1
    steps: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    pilot.begin(worlds.count)
    while (worlds.end_reason == 0).any():
        flying = np.flatnonzero(worlds.end_reason == 0)
        actions = np.zeros((worlds.count, 4))
        actions[flying] = pilot.act(worlds, seen, flying)
        if keep:
            step = _step(worlds, seen, actions)
            for n in flying:
                steps[n].append({name: array[n] for name, array in step.items()})
        seen = worlds.step(actions)
        if told is not None:
            told(before + int((seen.end_reason[:count] != 0).sum()))
    return [
        FlightEpisode(
            scenarios[n],
            int(seen.end_reason[n]),
            float(seen.time_s[n]),
            float(seen.distance_m[n]),
            **(_arrays(steps[n]) if keep else no_steps(*seen.camera.shape[1:3])),
        )
        for n in range(count)
    ]


def _step(worlds: FlightWorlds, seen: FlightObservation, actions: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Return what is kept of a step, arrays (N, ...) that are not written into later."""
    return {
        "frames": seen.camera,
        "expert": expert_actions(worlds, seen),
        "counts": worlds.unseen <= _REMEMBERED,
        "action": np.clip(actions, -1.0, 1.0),
        "position": worlds.flight.position.copy(),
        "heading": worlds.flight.heading.copy(),
        "rates": worlds.flight.rates.copy(),
        "target": seen.target,
        "to_target_m": seen.distance_m,
        "visible": seen.visible,
    }


def _arrays(steps: Sequence[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    """Put steps one behind the other."""
    types = {"frames": "uint8"} | {name: dtype for name, (dtype, _) in STEP_ARRAYS.items()}
    return {name: np.stack([step[name] for step in steps]).astype(dtype, copy=False) for name, dtype in types.items()}
