"""The cockpit shows scenes and returns user commands: driven by posted events, looked at by its pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pygame
import pytest

from tests.support.display import click, count, drag, piece, press, release
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.drawing.layout import arrange
from wormdrive.envs.viewer.drawing.theme import BLUE, GHOST, GREEN, INK, ORANGE, RED
from wormdrive.envs.viewer.history import DriveHistory
from wormdrive.envs.viewer.scene import Course, NetworkGraph, Neural, Scene
from wormdrive.envs.viewer.user_commands import DRIVE, REPLAY, UserCommand

STEPS = 90


def course() -> Course:
    along = np.arange(0.0, 200.0, 0.5)
    half = np.full(len(along), 1.75)
    return Course(along, 0.002 * along**2, half, half, 0.5, 5.0, 150.0)


def history(offset_m: float = 0.1, person: slice = slice(0, 0)) -> DriveHistory:
    steps = np.arange(float(STEPS))
    by_hand = np.zeros(STEPS)
    by_hand[person] = 1.0
    return DriveHistory.of(
        time_s=steps / 30.0,
        station_m=5.0 + steps / 3.0,
        offset_m=offset_m * np.sin(steps / 9.0),
        steer=0.1 * np.cos(steps / 9.0),
        speed_mps=np.full(STEPS, 10.0),
        x_m=5.0 + steps / 3.0,
        y_m=np.zeros(STEPS),
        heading_rad=np.zeros(STEPS),
        heading_error_rad=np.zeros(STEPS),
        curvature=np.zeros(STEPS),
        person=by_hand,
    )


def graph() -> NetworkGraph:
    return NetworkGraph(
        roles=("sensory", "sensory", "motor", "command", "inter", "inter"),
        sources=np.array([0, 1, 4, 5, 3, 3]),
        targets=np.array([4, 5, 3, 3, 2, 3]),
        excites=np.array([True, False, True, True, True, False]),
    )


def scene(**changes: object) -> Scene:
    road = np.full((450, 800, 3), 90, np.uint8)
    road[:, :, 1] = np.linspace(0, 255, 800).astype(np.uint8)
    basic = Scene(
        roads=(road,), history=history(), cursor=STEPS - 1, driver="ncp", steers="ncp steers", season="autumn",
        controls={"precipitation": 0.0, "fog": 0.5, "hour": 12.0},
    )  # fmt: skip
    return replace(basic, **changes)


@pytest.fixture
def cockpit() -> Iterator[Cockpit]:
    made = Cockpit(DRIVE)
    made.prepare(course(), graph())
    yield made
    made.close()


@pytest.fixture
def player() -> Iterator[Cockpit]:
    made = Cockpit(REPLAY)
    made.prepare(course(), None)
    yield made
    made.close()


def shown(cockpit: Cockpit, scene: Scene) -> np.ndarray:
    cockpit.show(scene)
    return cockpit.picture()


def test_the_road_is_shown_pixel_by_pixel(cockpit: Cockpit) -> None:
    made = scene()
    road = piece(shown(cockpit, made), cockpit.layout.road)
    np.testing.assert_array_equal(road[60:380, 5:795], made.roads[0][60:380, 5:795])


def test_a_smaller_road_fills_the_panel(cockpit: Cockpit) -> None:
    small = np.full((288, 512, 3), (10, 200, 30), np.uint8)
    road = piece(shown(cockpit, scene(roads=(small,))), cockpit.layout.road)
    assert count(road, (10, 200, 30)) > 0.8 * 800 * 450


def test_two_roads_lie_side_by_side(player: Cockpit) -> None:
    colours = ((200, 20, 20), (20, 20, 200))
    roads = tuple(np.full((450, 400, 3), colour, np.uint8) for colour in colours)
    road = piece(shown(player, scene(roads=roads, captions=("one", "other"))), player.layout.road)
    assert count(road[:, :398], colours[0]) > 0.8 * 398 * 450
    assert count(road[:, 402:], colours[1]) > 0.8 * 398 * 450


def test_the_charts_show_steering_offset_and_who_had_the_wheel(cockpit: Cockpit) -> None:
    charts = piece(shown(cockpit, scene()), cockpit.layout.charts)
    assert count(charts, BLUE) > 60
    assert count(charts, GREEN) > 60
    assert count(charts, ORANGE) == 0
    by_hand = piece(shown(cockpit, scene(history=history(person=slice(30, 60)))), cockpit.layout.charts)
    assert count(by_hand, ORANGE) > 100


def test_a_larger_offset_is_drawn_higher(cockpit: Cockpit) -> None:
    def highest(offset_m: float) -> int:
        charts = piece(shown(cockpit, scene(history=history(offset_m))), cockpit.layout.charts)
        rows = np.flatnonzero((np.abs(charts.astype(int) - np.array(GREEN)) <= 4).all(axis=2).any(axis=1))
        return int(rows.min())

    assert highest(1.0) < highest(0.1) - 10


def test_another_drive_lies_beneath_as_a_faint_line(cockpit: Cockpit) -> None:
    alone = count(piece(shown(cockpit, scene()), cockpit.layout.charts), GHOST, 20)
    cockpit.prepare(course(), cockpit._graph, history(1.2))
    assert count(piece(shown(cockpit, scene()), cockpit.layout.charts), GHOST, 20) > alone + 20


def test_the_car_moves_on_the_map(cockpit: Cockpit) -> None:
    def car(cursor: int) -> np.ndarray:
        found = piece(shown(cockpit, scene(cursor=cursor)), cockpit.layout.map)[34:]
        ink = (np.abs(found.astype(int) - np.array(INK)) <= 4).all(axis=2)
        return np.argwhere(ink).mean(axis=0)

    early, late = car(5), car(STEPS - 1)
    assert late[1] > early[1] + 4  # eastward is right


def test_fibres_glow_with_current_and_neurons_with_activity(cockpit: Cockpit) -> None:
    def network(level: float) -> np.ndarray:
        neural = Neural(np.full(6, level, np.float32), np.full(6, level, np.float32))
        return piece(shown(cockpit, scene(neural=neural)), cockpit.layout.network).astype(int)

    for _ in range(40):  # let the scales settle
        network(1.0)
    excited, inhibited, dark = network(1.0), network(-1.0), network(0.0)
    red, blue = 0, 2
    assert excited[..., blue].sum() > dark[..., blue].sum() + 20_000
    assert inhibited[..., red].sum() > dark[..., red].sum() + 20_000
    assert (excited[..., blue] - excited[..., red]).mean() > (inhibited[..., blue] - inhibited[..., red]).mean() + 2


def test_saliency_glows_where_it_is(cockpit: Cockpit) -> None:
    seen = np.full((78, 200, 3), 60, np.uint8)
    saliency = np.zeros((78, 200), np.float32)
    saliency[30:50, 150:180] = 1.0
    panel = piece(shown(cockpit, scene(seen=seen, saliency=saliency)), cockpit.layout.seen)[34:]
    brightest = np.unravel_index(panel.astype(int).sum(axis=2).argmax(), panel.shape[:2])
    assert brightest[1] > 0.65 * panel.shape[1]
    plain = piece(shown(cockpit, scene(seen=seen)), cockpit.layout.seen)[34:]
    assert plain.max() < 100


@pytest.mark.parametrize("button", DRIVE.buttons, ids=lambda button: button.user_command)
def test_every_button_has_a_key_and_a_place_for_the_mouse(cockpit: Cockpit, button: object) -> None:
    user_command = UserCommand(button.user_command)
    press(button.key.lower())
    by_key = cockpit.user_commands()
    place = next(one.box for one in cockpit._button_widgets if one.user_command == user_command)
    click(place)
    by_mouse = cockpit.user_commands()
    if button.user_command == "help":  # the window's own business
        assert by_key == by_mouse == []
    else:
        assert by_key == by_mouse == [user_command]


@pytest.mark.parametrize(("key", "season"), [("1", "summer"), ("2", "autumn"), ("3", "winter"), ("4", "spring")])
def test_seasons_have_keys_and_places(cockpit: Cockpit, key: str, season: str) -> None:
    press(key)
    user_command = UserCommand("season", season, float(key) - 1.0)
    assert cockpit.user_commands() == [user_command]
    click(cockpit._conditions.seasons[int(key) - 1].box)
    assert cockpit.user_commands() == [user_command]
    lit = piece(shown(cockpit, scene(season=season)), cockpit._conditions.seasons[int(key) - 1].box)
    dark = piece(shown(cockpit, scene(season="")), cockpit._conditions.seasons[int(key) - 1].box)
    assert lit.astype(int).sum() > dark.astype(int).sum() + 5_000


def test_sliders_follow_the_mouse_until_it_lets_go(cockpit: Cockpit) -> None:
    slider = cockpit._conditions.sliders["fog"]
    drag(slider.box, 1.0, let_go=False)
    user_commands = cockpit.user_commands()
    assert [user_command.what for user_command in user_commands] == ["control", "control"]
    assert user_commands[0].value == pytest.approx(0.5, abs=0.02)
    assert user_commands[-1] == UserCommand("control", "fog", 1.0)
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=(0, 0)))
    pygame.event.post(pygame.event.Event(pygame.MOUSEMOTION, pos=slider.box[:2], rel=(0, 0), buttons=(0, 0, 0)))
    assert cockpit.user_commands() == []


def test_help_covers_the_road_and_goes_away(cockpit: Cockpit) -> None:
    before = shown(cockpit, scene())
    press("h")
    assert cockpit.user_commands() == []
    assert np.abs(shown(cockpit, scene()).astype(int) - before).mean() > 5.0
    press("f1")
    assert cockpit.user_commands() == []
    np.testing.assert_array_equal(shown(cockpit, scene()), before)


def test_filming_and_ends_are_told(cockpit: Cockpit) -> None:
    assert count(piece(shown(cockpit, scene(lit=frozenset({"film"}))), cockpit.layout.header), RED) > 20
    before = piece(shown(cockpit, scene()), cockpit.layout.road)
    after = piece(shown(cockpit, scene(notice="Left the lane")), cockpit.layout.road)
    assert np.abs(after.astype(int) - before)[50:100].mean() > 3.0


def test_arrows_are_hands_on_the_wheel(cockpit: Cockpit) -> None:
    assert not cockpit.driver_command.on
    press("left")
    press("up")
    cockpit.user_commands()
    assert (
        cockpit.driver_command.steer,
        cockpit.driver_command.pedal,
        cockpit.driver_command.on,
        cockpit.driver_command.keys,
    ) == (-1.0, 1.0, True, True)
    release("left")
    release("up")
    cockpit.user_commands()
    assert not cockpit.driver_command.on


def test_the_mouse_on_the_road_steers(cockpit: Cockpit) -> None:
    drag(cockpit.layout.road, 1.0, let_go=False)
    cockpit.user_commands()
    assert (cockpit.driver_command.steer, cockpit.driver_command.on, cockpit.driver_command.keys) == (1.0, True, False)
    pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, button=1, pos=(0, 0)))
    cockpit.user_commands()
    assert not cockpit.driver_command.on


def test_a_gamepad_steers_beyond_its_dead_middle(cockpit: Cockpit) -> None:
    def axis(number: int, value: float) -> None:
        pygame.event.post(pygame.event.Event(pygame.JOYAXISMOTION, axis=number, value=value, instance_id=0))
        cockpit.user_commands()

    axis(0, 0.1)
    assert not cockpit.driver_command.on
    axis(0, -1.0)
    axis(5, 1.0)
    assert (cockpit.driver_command.steer, cockpit.driver_command.pedal, cockpit.driver_command.on) == (-1.0, 1.0, True)
    axis(0, 0.0)
    axis(5, -1.0)
    assert not cockpit.driver_command.on


def test_a_gamepad_that_is_unplugged_lets_go(cockpit: Cockpit) -> None:
    pygame.event.post(pygame.event.Event(pygame.JOYAXISMOTION, axis=0, value=0.8, instance_id=0))
    cockpit.user_commands()
    assert cockpit.driver_command.on
    pygame.event.post(pygame.event.Event(pygame.JOYDEVICEREMOVED, instance_id=0))
    cockpit.user_commands()
    assert not cockpit.driver_command.on


def test_a_window_that_loses_the_keyboard_lets_go(cockpit: Cockpit) -> None:
    press("right")
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    cockpit.user_commands()
    assert not cockpit.driver_command.on


def test_closing_the_window_is_a_command_to_quit(cockpit: Cockpit) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    press("escape")
    assert cockpit.user_commands() == [UserCommand("quit"), UserCommand("quit")]


def test_a_replay_is_scrubbed_by_slider_and_arrows(player: Cockpit) -> None:
    assert player._seek is not None
    drag(player._seek.box, 0.0)
    user_commands = player.user_commands()
    assert user_commands[-1] == UserCommand("seek", value=0.0)
    for key, skip in (("left", -1.0), ("right", 1.0), ("up", 30.0), ("down", -30.0)):
        press(key)
        assert player.user_commands() == [UserCommand("skip", value=skip)]
    press("0")
    assert player.user_commands() == [UserCommand("season", "", -1.0)]


def test_everything_grows_with_the_window(cockpit: Cockpit) -> None:
    cockpit._surface = pygame.display.set_mode((1600, 940), pygame.RESIZABLE)
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, size=(1600, 940), w=1600, h=940))
    cockpit.user_commands()
    assert cockpit.layout == arrange(1600, 940)
    picture = shown(cockpit, scene())
    assert picture.shape == (940, 1600, 3)
    assert piece(picture, cockpit.layout.road).std() > 30.0
    click(cockpit._button_widgets[1].box)
    assert cockpit.user_commands() == [UserCommand("pause")]
