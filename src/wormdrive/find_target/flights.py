"""Flights: let somebody fly, and keep what was seen, what the expert would have done, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.worlds import FlightObservation, FlightWorlds
from wormdrive.find_target.cores import rows_of
from wormdrive.find_target.expert import expert_actions
from wormdrive.find_target.policy import FlightPolicy, normalised

__all__ = ["ExpertPilot", "Flight", "Pilot", "PolicyPilot", "fly"]

_GUSTS: Final = (0.3, 0.6, 0.5, 0.7)
_GUST_KEEPS: Final = 0.9  # from step to step
_REMEMBERED: Final = 10
"""Steps for which a target that is out of view still tells what to do."""


class Flight(NamedTuple):
    """One flight of T steps.

    ``frames`` (T, H, W, 3) uint8, ``expert`` (T, 4) float32, what the expert would have done, and ``counts`` (T,)
    float32, 0 where the target has been out of view for longer than anybody can remember, else 1; all empty if they
    were not kept. ``end_reason``: index into ``END_REASONS``; ``time_s`` and ``distance_m`` at the end.
    """

    frames: NDArray[np.uint8]
    expert: NDArray[np.float32]
    counts: NDArray[np.float32]
    end_reason: int
    time_s: float
    distance_m: float


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
            fresh = self._random.standard_normal(self._push.shape) * _GUSTS
            self._push = _GUST_KEEPS * self._push + np.sqrt(1.0 - _GUST_KEEPS**2) * fresh
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
) -> list[Flight]:
    """Fly scenarios to their ends, as many at once as there are worlds.

    Parameters
    ----------
    keep:
        Keep pictures, and what the expert would have done.
    told:
        Called with the number of flights that have ended.
    """
    flights: list[Flight] = []
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
) -> list[Flight]:
    count = len(scenarios)
    spare = [scenarios[0]] * (worlds.count - count)
    seen = worlds.reset([*scenarios, *spare])
    worlds.end_reason[count:] = 1
    frames: list[list[NDArray[np.uint8]]] = [[] for _ in range(count)]
    labels: list[list[NDArray[np.float64]]] = [[] for _ in range(count)]
    counts: list[list[bool]] = [[] for _ in range(count)]
    pilot.begin(worlds.count)
    while (worlds.end_reason == 0).any():
        flying = np.flatnonzero(worlds.end_reason == 0)
        actions = np.zeros((worlds.count, 4))
        actions[flying] = pilot.act(worlds, seen, flying)
        if keep:
            wanted = expert_actions(worlds, seen)
            for n in flying:
                frames[n].append(seen.camera[n])
                labels[n].append(wanted[n])
                counts[n].append(bool(worlds.unseen[n] <= _REMEMBERED))
        seen = worlds.step(actions)
        if told is not None:
            told(before + int((seen.end_reason[:count] != 0).sum()))
    empty = np.zeros((0, *seen.camera.shape[1:]), np.uint8)
    return [
        Flight(
            np.stack(frames[n]) if keep else empty,
            np.stack(labels[n]).astype(np.float32) if keep else np.zeros((0, 4), np.float32),
            np.array(counts[n], np.float32),
            int(seen.end_reason[n]),
            float(seen.time_s[n]),
            float(seen.distance_m[n]),
        )
        for n in range(count)
    ]
