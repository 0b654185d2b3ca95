"""Collisions: momentum stays, energy never grows, nothing passes through anything."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.carla_server.world.worlds import CAR, DT_S, driving, world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import VEHICLE_MODELS, Collision, VehicleCommand, World, spawn_points
from wormdrive.carla_server.world.collisions.collision_kernel import RESTITUTION
from wormdrive.carla_server.world.collisions.collisions import collide
from wormdrive.carla_server.world.vehicles import fleet as rows
from wormdrive.carla_server.world.vehicles.fleet import Fleet
from wormdrive.envs.common.errors import SpawnError
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions

MASS = CAR.parameters.mass_kg


def run(target: World, seconds: float, dt_s: float = DT_S) -> list[Collision]:
    return [event for _ in range(round(seconds / dt_s)) for event in target.step(dt_s)]


def energy(fleet: Fleet) -> float:
    n = fleet.numbers
    return float(
        (0.5 * n[rows.MASS] * (n[rows.U] ** 2 + n[rows.V] ** 2) + 0.5 * n[rows.INERTIA] * n[rows.R] ** 2).sum()
    )


def momentum(fleet: Fleet) -> np.ndarray:
    """x, y [N s]; about the origin [N m s]."""
    n = fleet.numbers
    cosine, sine = np.cos(n[rows.PSI]), np.sin(n[rows.PSI])
    px = n[rows.MASS] * (n[rows.U] * cosine - n[rows.V] * sine)
    py = n[rows.MASS] * (n[rows.U] * sine + n[rows.V] * cosine)
    return np.array([px.sum(), py.sum(), (n[rows.INERTIA] * n[rows.R]).sum()])


def overlaps(fleet: Fleet) -> float:
    """Greatest overlap of any two boxes [m], by their corners' projections."""
    worst = 0.0
    n = fleet.numbers
    corners, axes = [], []
    for k in range(len(fleet)):
        ahead = np.array([math.cos(n[rows.PSI, k]), math.sin(n[rows.PSI, k])])
        aside = np.array([-ahead[1], ahead[0]])
        half = n[rows.HALF_LENGTH, k] * ahead, n[rows.HALF_WIDTH, k] * aside
        middle = n[[rows.X, rows.Y], k]
        corners.append(np.array([middle + a * half[0] + b * half[1] for a in (-1, 1) for b in (-1, 1)]))
        axes.append((ahead, aside))
    for i in range(len(fleet)):
        for j in range(i):
            depths = []
            for axis in (*axes[i], *axes[j]):
                one, two = corners[i] @ axis, corners[j] @ axis
                depths.append(min(one.max() - two.min(), two.max() - one.min()))
            worst = max(worst, min(depths))
    return worst


def test_two_equal_cars_head_on() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 10.0)
    driving(road_world, 120.0, -4.0, 10.0, heading=math.pi)
    events: list[Collision] = []
    while not events:
        before = road_world.state().velocity_mps
        events = list(road_world.step(DT_S))
    assert [(event.vehicle, event.other) for event in events] == [(1, 2), (2, 1)]
    assert events[0].impulse_ns[0] == pytest.approx(-(1.0 + RESTITUTION) * MASS * before[0, 0], rel=0.01)
    np.testing.assert_allclose(np.array(events[0].impulse_ns) + events[1].impulse_ns, 0.0, atol=1e-9)
    assert events[0].position_m[0] == pytest.approx(110.0, abs=0.3)
    velocity = road_world.state().velocity_mps
    np.testing.assert_allclose(velocity[:, 0], [-RESTITUTION * before[0, 0], RESTITUTION * before[0, 0]], rtol=0.05)
    np.testing.assert_allclose(road_world.state().angular_velocity_radps, 0.0, atol=1e-9)


def test_a_car_that_runs_into_a_standing_truck() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 15.0)
    truck = road_world.spawn_vehicle(VEHICLE_MODELS["truck"], Pose(115.0, -4.0))
    events: list[Collision] = []
    while not events:
        before = road_world.state().velocity_mps[0, 0]
        events = list(road_world.step(DT_S))
    heavy = VEHICLE_MODELS["truck"].parameters.mass_kg
    after = road_world.state().velocity_mps[:, 0]
    assert MASS * after[0] + heavy * after[1] == pytest.approx(MASS * before, rel=0.01)
    assert after[1] - after[0] == pytest.approx(RESTITUTION * before, rel=0.05)
    run(road_world, 3.0)
    assert road_world.state().pose[road_world.row(truck), 0] > 115.1


def test_a_vehicle_without_physics_is_a_wall() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 15.0)
    wall = road_world.spawn_vehicle(CAR, Pose(115.0, -4.0))
    road_world.set_physics(wall, False)
    events = run(road_world, 3.0)
    assert {event.vehicle for event in events} == {1, 2}
    state = road_world.state()
    assert state.pose[1, 0] == 115.0
    assert state.pose[0, 0] < 110.5
    assert -2.0 < state.speed_mps[0] <= 0.0


@pytest.mark.parametrize("dt_s", [0.005, DT_S, 0.1])
def test_nothing_passes_through_at_any_speed(dt_s: float) -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 100.0)
    driving(road_world, 150.0, -4.0, 100.0, heading=math.pi, kind="bicycle")
    events = run(road_world, 1.0, dt_s)
    assert events
    pose = road_world.state().pose
    assert pose[0, 0] < pose[1, 0]


def test_a_blow_aside_of_the_middle_turns_the_car() -> None:
    road_world = world()
    driving(road_world, 100.0, -4.0, 0.0)
    driving(road_world, 101.8, -8.9, 8.0, heading=math.pi / 2.0)
    while not road_world.step(DT_S):
        pass
    turning = road_world.state().angular_velocity_radps[:, 2]
    assert turning[0] > 0.5  # pushed to the left at its nose


def test_there_is_room_far_ahead_of_a_vehicle_however_little_there_is_aside() -> None:
    """Sides by sides 1 cm apart, were they not 100 m from each other: one side tells less than another does."""
    target = world()
    width = CAR.parameters.width_m
    target.spawn_vehicle(CAR, Pose(0.0, 0.0))
    target.spawn_vehicle(CAR, Pose(100.0, width + 0.01))
    with pytest.raises(SpawnError):
        target.spawn_vehicle(CAR, Pose(100.0, 0.0))


def test_a_row_of_cars_is_pushed_together_and_stays_apart() -> None:
    road_world = world()
    for k in range(5):
        driving(road_world, 100.0 + 4.6 * k, -4.0, 0.0)
    driving(road_world, 60.0, -4.0, 25.0, kind="bus")
    for _ in range(150):
        road_world.step(DT_S)
        assert overlaps(road_world._fleet) < 0.03
    order = road_world.state().pose[:, 0]
    assert (np.diff(order[:5]) > 4.4).all()
    assert order[5] < order[0] - 8.0


def test_leaning_on_a_braked_car_is_no_event() -> None:
    road_world = world()
    front = road_world.spawn_vehicle(CAR, Pose(104.6, -4.0))
    road_world.command(front, VehicleCommand(hand_brake=True))
    back = road_world.spawn_vehicle(CAR, Pose(100.0, -4.0))
    road_world.command(back, VehicleCommand(throttle=0.05))
    run(road_world, 4.0)
    assert len(run(road_world, 2.0)) < 8
    assert overlaps(road_world._fleet) < 0.01


def random_fleet(values: list[tuple[float, float, float, float, float, float, int]]) -> Fleet:
    fleet = Fleet()
    models = list(VEHICLE_MODELS.values())
    for x, y, psi, u, v, r, kind in values:
        row = fleet.insert(models[kind % len(models)])
        fleet.numbers[: rows.DELTA, row] = x, y, psi, u, v, r
    return fleet


bodies = st.lists(
    st.tuples(
        st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(-4.0, 4.0), st.floats(-40.0, 40.0), st.floats(-9.0, 9.0),
        st.floats(-3.0, 3.0), st.integers(0, 8),
    ),
    min_size=2,
    max_size=4,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(values=bodies, wall=st.booleans())
def test_energy_does_not_grow_and_momentum_stays(
    values: list[tuple[float, float, float, float, float, float, int]], wall: bool
) -> None:
    fleet = random_fleet(values)
    if wall:
        fleet.flags[rows.PHYSICS, 0] = False
        fleet.numbers[rows.U : rows.R + 1, 0] = 0.0
    before, energy_before, momentum_before = fleet.numbers.copy(), energy(fleet), momentum(fleet)
    depth = overlaps(fleet)
    blows = collide(fleet, before[: rows.PSI + 1])
    assert np.isfinite(fleet.numbers[: rows.DELTA]).all()
    assert energy(fleet) <= energy_before * (1.0 + 1e-9) + 1e-9
    if wall:
        np.testing.assert_array_equal(fleet.numbers[: rows.DELTA, 0], before[: rows.DELTA, 0])
    elif np.abs(fleet.numbers[rows.R]).max() < 10.0:
        np.testing.assert_allclose(momentum(fleet)[:2], momentum_before[:2], rtol=1e-9, atol=1e-6)
    if depth <= 0.0:
        np.testing.assert_array_equal(fleet.numbers[: rows.DELTA], before[: rows.DELTA])
        assert blows == []
    if len(values) == 2:
        assert overlaps(fleet) < 1e-6


def test_a_blow_keeps_the_angular_momentum() -> None:
    """About the place of the blow, spins and courses together; x and y of the bodies as they were before."""
    fleet = random_fleet([(0.0, 0.0, 0.3, 12.0, 0.0, 0.0, 0), (2.5, 1.0, 2.0, 5.0, 1.0, 0.4, 4)])
    before = fleet.numbers.copy()
    (blow,) = collide(fleet, before[: rows.PSI + 1])
    for k, sign in ((0, -1.0), (1, 1.0)):
        arm = np.array(blow.position[:2]) - before[[rows.X, rows.Y], k]
        turn = sign * (arm[0] * blow.impulse[1] - arm[1] * blow.impulse[0])
        change = fleet.numbers[rows.R, k] - before[rows.R, k]
        assert change == pytest.approx(turn / before[rows.INERTIA, k], rel=1e-9)


def test_the_order_of_spawning_is_the_order_of_events() -> None:
    def drive() -> tuple[list[Collision], np.ndarray]:
        road_world = world()
        for k in range(6):
            driving(road_world, 100.0 + 9.0 * k, -4.0 + 0.3 * k, 20.0 - 5.0 * k)
        return run(road_world, 3.0), road_world.state().pose

    (events, pose), (again, pose_again) = drive(), drive()
    assert events
    assert events == again
    np.testing.assert_array_equal(pose, pose_again)


def test_a_crowd_of_wild_drivers_stays_apart_and_finite() -> None:
    """Forty vehicles of all kinds on a dozen places in town, none of whose drivers looks."""
    road_map = read_map("suburb")
    town = World(road_map, Conditions())
    places = spawn_points(road_map)[:12]
    random = np.random.default_rng(0)
    models = list(VEHICLE_MODELS.values())
    hits = 0
    for step in range(400):
        if step % 20 == 0:
            for vehicle in town.ids:
                pedals = random.uniform(0.0, 1.0), random.uniform(-1.0, 1.0), max(0.0, random.uniform(-3.0, 1.0))
                held, back = random.random(2) < (0.05, 0.2)
                town.command(vehicle, VehicleCommand(*pedals, hand_brake=bool(held), reverse=bool(back)))
            for place in places:
                if len(town.ids) < 40:
                    with contextlib.suppress(SpawnError):
                        town.spawn_vehicle(models[random.integers(len(models))], place)
            if len(town.ids) == 40:
                town.remove(town.ids[random.integers(40)])
        hits += sum(event.other is not None for event in town.step(0.05))
        if step % 20 == 19:
            assert overlaps(town._fleet) < 0.01
    state = town.state()
    for name, values in vars(state).items():
        if isinstance(values, np.ndarray):
            assert np.isfinite(values).all(), name
    assert np.abs(state.velocity_mps).max() < 40.0
    assert hits > 100
