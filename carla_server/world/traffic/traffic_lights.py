"""Traffic lights: the dynamic signals of a map, switched in cycles.

The controllers of a junction take turns: one shows green, then yellow, then red for a while to clear the junction, all
others red. A light without a controller has a cycle of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world.roadside.sign_geometry import facing
from wormdrive.carla_server.world.traffic.approaches import Approaches, approaches
from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.signals import Signal, Signals, read_signals
from wormdrive.envs.roads.point_location import PlaceIndex, Places

__all__ = ["Light", "LightState", "TrafficLights"]

GREEN_S: Final = 10.0
YELLOW_S: Final = 3.0
RED_S: Final = 2.0
"""Of a cycle at first [s]; red is what all share before the next one's green."""
SHORTEST_S: Final = 0.1
LONGEST_S: Final = 3_600.0
_KINDS: Final = frozenset({"1000001", "1000008", "1000009", "1000010", "1000011", "1000012", ""})
"""Types of dynamic signals that are lights for vehicles (OpenDRIVE's own catalogue), untyped ones included; others are
for pedestrians, bicycles and trams, or signs that change."""


class LightState(IntEnum):
    """What a light shows."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3


_STAGES: Final = (LightState.GREEN, LightState.YELLOW, LightState.RED)


@dataclass(frozen=True)
class Light:
    """One traffic light.

    Attributes
    ----------
    signal:
        The signal of the map.
    pose:
        Where its lower edge stands; headed towards the traffic that it governs.
    group:
        Number of its group: lights that share a cycle.
    turn:
        Which turn of its group's cycle is its own.
    pole:
        Its number in the group.
    """

    signal: Signal
    pose: Pose
    group: int
    turn: int
    pole: int


@dataclass
class _Group:
    """A cycle: whose turn it is, at which stage, since when."""

    turns: int
    times: NDArray[np.float64]  # (turns, 3): green, yellow, red [s]
    turn: int = 0
    stage: int = 0
    elapsed_s: float = 0.0
    frozen: bool = False


class TrafficLights:
    """All lights of a map, numbered in the map's order; a map without dynamic signals has none.

    Raises
    ------
    MapError
        The map holds more signals than are allowed.
    """

    def __init__(self, road_map: RoadMap, signals: Signals | None = None) -> None:
        known = signals if signals is not None else read_signals(road_map)
        chosen = [s for s in known.signals.values() if s.dynamic and s.kind in _KINDS]
        self._turns, self._groups = _grouped(chosen, known)
        poles: dict[int, int] = {}
        lights = []
        for signal in chosen:
            group, turn = self._turns[signal.id]
            pole = poles[group] = poles.get(group, -1) + 1
            lights.append(Light(signal, _pose(road_map, signal), group, turn, pole))
        self.lights: tuple[Light, ...] = tuple(lights)
        self._shown: NDArray[np.int64] = np.zeros(len(lights), np.int64)
        self._approaches: Approaches = approaches(road_map, known, [signal.id for signal in chosen])
        self.reset()

    def __len__(self) -> int:
        return len(self.lights)

    def reset(self) -> None:
        """Begin all cycles anew, with their first times, unfrozen."""
        for group in self._groups:
            group.turn = group.stage = 0
            group.elapsed_s = 0.0
            group.frozen = False
            group.times[:] = GREEN_S, YELLOW_S, RED_S
        self._show(lambda _: True)

    def step(self, dt_s: float) -> None:
        """Let time pass [s]."""
        changed = set()
        for number, group in enumerate(self._groups):
            if group.frozen:
                continue
            group.elapsed_s += dt_s
            while group.elapsed_s >= group.times[group.turn, group.stage] - 1e-9:
                group.elapsed_s = max(group.elapsed_s - float(group.times[group.turn, group.stage]), 0.0)
                group.stage += 1
                if group.stage == len(_STAGES):
                    group.stage = 0
                    group.turn = (group.turn + 1) % group.turns
                changed.add(number)
        if changed:
            self._show(lambda light: light.group in changed)

    def state(self, light: int) -> LightState:
        """Say what a light shows.

        Raises
        ------
        ArgumentError
            If there is no such light; so do all methods that take one.
        """
        return LightState(int(self._shown[self._checked(light)]))

    def states(self) -> NDArray[np.int64]:
        """(lights,) ``LightState`` of all."""
        return self._shown.copy()

    def set_state(self, light: int, state: int) -> None:
        """Make a light show something until its group's next change.

        Raises
        ------
        ArgumentError
            If there is no such state.
        """
        number = self._checked(light)
        if state not in tuple(LightState):
            raise ArgumentError(one_of("state", state, [int(s) for s in LightState]))
        self._shown[number] = int(state)

    def times(self, light: int) -> tuple[float, float, float]:
        """Green, yellow and red time of a light's turn [s]."""
        one = self.lights[self._checked(light)]
        green, yellow, red = self._groups[one.group].times[one.turn].tolist()
        return green, yellow, red

    def set_times(
        self, light: int, green_s: float | None = None, yellow_s: float | None = None, red_s: float | None = None
    ) -> None:
        """Set the times of a light's turn [s], which all lights of that turn share; cut to 0.1 to 3600 s.

        Raises
        ------
        ArgumentError
            If a time is no number.
        """
        one = self.lights[self._checked(light)]
        for stage, (name, value) in enumerate((("green_s", green_s), ("yellow_s", yellow_s), ("red_s", red_s))):
            if value is None:
                continue
            if math.isnan(value):
                raise ArgumentError(f"{name}={value}: allowed are numbers from {SHORTEST_S:g} to {LONGEST_S:g}")
            self._groups[one.group].times[one.turn, stage] = min(max(value, SHORTEST_S), LONGEST_S)

    def elapsed_s(self, light: int) -> float:
        """Time since the latest change of a light's group [s]."""
        return self._groups[self.lights[self._checked(light)].group].elapsed_s

    def frozen(self, light: int) -> bool:
        """Whether a light's group stands still."""
        return self._groups[self.lights[self._checked(light)].group].frozen

    def freeze(self, on: bool, light: int | None = None) -> None:
        """Stop the cycle of a light's group, or of all, or let it go on."""
        chosen = self._groups if light is None else [self._groups[self.lights[self._checked(light)].group]]
        for group in chosen:
            group.frozen = on

    def restart(self, light: int) -> None:
        """Begin the cycle of a light's group anew, with its times as they are."""
        number = self.lights[self._checked(light)].group
        group = self._groups[number]
        group.turn = group.stage = 0
        group.elapsed_s = 0.0
        self._show(lambda one: one.group == number)

    def resume(self, light: int, state: int, elapsed_s: float, frozen: bool) -> None:
        """Put the cycle of a light's group where it is when the light has shown something for so long [s].

        Of lights that are put so one after the other those that show green or yellow say whose turn it is.
        """
        number = self._checked(light)
        self.set_state(light, state)
        one = self.lights[number]
        group = self._groups[one.group]
        stage = _STAGES.index(LightState(state)) if state in _STAGES else None
        if state != LightState.RED and stage is not None:
            group.turn, group.stage = one.turn, stage
        elif group.turn == one.turn and stage is not None:
            group.stage = stage
        group.elapsed_s = min(max(elapsed_s, 0.0), LONGEST_S)
        group.frozen = frozen

    def group(self, light: int) -> tuple[int, ...]:
        """Numbers of the lights that share a light's cycle, itself included."""
        number = self.lights[self._checked(light)].group
        return tuple(k for k, one in enumerate(self.lights) if one.group == number)

    def ahead(self, index: PlaceIndex, places: Places) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each of N vehicles the number of the light that governs its lane ahead, -1: none within 50 m.

        The second array is the distance from its reference point to where it has to stop [m]; infinite without a light.
        """
        return self._approaches.find(index, places)

    def stops(self, light: int) -> tuple[Pose, ...]:
        """Where vehicles have to stop for a light: lane centres at the stop, in the direction of travel."""
        return self._approaches.stops[self._checked(light)]

    def _checked(self, light: int) -> int:
        if not 0 <= light < len(self.lights):
            raise ArgumentError(f"light={light}: allowed are 0 to {len(self.lights) - 1}")
        return light

    def _show(self, which: Callable[[Light], bool]) -> None:
        for number, light in enumerate(self.lights):
            if which(light):
                group = self._groups[light.group]
                self._shown[number] = _STAGES[group.stage] if group.turn == light.turn else LightState.RED


def _grouped(chosen: list[Signal], known: Signals) -> tuple[dict[str, tuple[int, int]], list[_Group]]:
    """Group and turn of each signal, and the groups."""
    wanted = {signal.id for signal in chosen}
    order = sorted(known.controllers.values(), key=lambda controller: controller.sequence)  # stable: the file's order
    members: dict[str, list[tuple[str, ...]]] = {}
    for controller in order:
        lights = tuple(signal for signal in controller.signals if signal in wanted)
        if lights:
            key = f"junction {controller.junction}" if controller.junction else f"controller {controller.id}"
            members.setdefault(key, []).append(lights)
    controlled = {signal for turns in members.values() for lights in turns for signal in lights}
    for signal in chosen:
        if signal.id not in controlled:
            members[f"signal {signal.id}"] = [(signal.id,)]
    turns = {
        signal: (number, turn)
        for number, group in enumerate(members.values())
        for turn, lights in enumerate(group)
        for signal in lights
    }
    groups = [_Group(len(group), np.tile([GREEN_S, YELLOW_S, RED_S], (len(group), 1))) for group in members.values()]
    return turns, groups


def _pose(road_map: RoadMap, signal: Signal) -> Pose:
    foot = facing(road_map, signal)
    return replace(foot, z=foot.z + signal.z_offset_m)
