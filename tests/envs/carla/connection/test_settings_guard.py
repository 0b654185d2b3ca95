from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest

from tests.support.fake_carla import fake_server, settings
from wormdrive.envs.carla.connection.settings_guard import SettingsGuard
from wormdrive.envs.simulation.vehicle_batch import DT_S


class World:
    """Holds settings, and gives copies of them, as a server does."""

    def __init__(self) -> None:
        self.now = settings(False, 0.1)

    def get_settings(self) -> SimpleNamespace:
        return copy.copy(self.now)

    def apply_settings(self, changed: SimpleNamespace) -> None:
        self.now = copy.copy(changed)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def guard(world: World) -> SettingsGuard:
    return SettingsGuard(fake_server(world))


def test_settings_are_ours_while_held_and_come_back(world: World, guard: SettingsGuard) -> None:
    for _ in range(2):
        guard.apply()
        guard.apply()
        assert (world.now, guard.held) == (settings(True, DT_S), True)
        guard.restore()
        assert (world.now, guard.held) == (settings(False, 0.1), False)


def test_settings_that_somebody_else_has_put_there_meanwhile_stay(world: World, guard: SettingsGuard) -> None:
    guard.apply()
    world.apply_settings(settings(True, 0.05))
    guard.restore()
    assert world.now == settings(True, 0.05)


def test_without_being_held_nothing_is_restored(world: World, guard: SettingsGuard) -> None:
    world.apply_settings(settings(True, DT_S))  # another program's, by chance the same
    guard.restore()
    assert world.now == settings(True, DT_S)


def test_what_an_earlier_connection_left_is_not_taken_for_the_servers_own(world: World, guard: SettingsGuard) -> None:
    guard.apply()
    guard.held = False  # another map was loaded; our settings have outlived it
    guard.apply()
    guard.restore()
    assert world.now == settings(False, 0.1)
