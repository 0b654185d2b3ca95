"""What stands beside the road: clear of all asphalt, and nowhere that gives the lane away."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.pictures import arc, straight
from wormdrive.envs.rendering.camera.road_layout.clearance import room_beside
from wormdrive.envs.rendering.camera.road_layout.road_buffer import RoadBuffer
from wormdrive.envs.rendering.camera.scenery.scenery import MOST_PER_SLOT, SLOT_M, place_slot
from wormdrive.envs.rendering.camera.scenery.sprites import DISTANCE, LEFT, SPRITE, THING_FIELDS, SpriteEye
from wormdrive.envs.roads.route import CrossSections, Route, Surface
from wormdrive.envs.seasons.appearance import BUSHES, POSTS, TREE_DENSITY, TUFTS, appearance
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.road_table import RoadTable


def things_beside(route: Route, seed: int) -> NDArray[np.float32]:
    """All things, seen by an eye at the origin that looks along x: DISTANCE is their x, LEFT their y."""
    roads = RoadTable(1)
    roads.assign({0: route})
    packed = RoadBuffer().follow(roads)
    vector = appearance(Conditions())
    vector[[TREE_DENSITY, BUSHES, POSTS, TUFTS]] = 1.0
    eye = SpriteEye(0.0, 0.0, 1.4, 0.0, 1.0, 0.0, 1.0, 0.0, 84.0, 100.0, 39.0)
    slots = int(150.0 / SLOT_M)
    things = np.zeros((slots * MOST_PER_SLOT, THING_FIELDS), np.float32)
    count = 0
    for slot in range(slots):
        count = place_slot(
            slot, 0.0, eye, vector, packed.points[0], packed.section[0], packed.run_edges[0], packed.run_values[0],
            packed.run_count[0], packed.block[0], np.uint32(seed), things, count,
        )  # fmt: skip
    return things[:count]


def with_side_road(route: Route) -> Route:
    """Asphalt from 14 to 20 m to the right of the lane, beyond a meadow."""
    surfaces = [Surface.DRIVING, Surface.TERRAIN, Surface.DRIVING]
    sections = route.cross_sections
    edges, surface = np.array([[-20.0, -14.0, -1.75, 1.75]], np.float32), np.array([surfaces], np.uint8)
    return replace(
        route, cross_sections=CrossSections(edges, surface, *(getattr(sections, f"mark_{n}") for n in FIELDS))
    )


FIELDS = ("offset", "width", "colour", "dash", "period")


@pytest.mark.parametrize("seed", range(5))
def test_nothing_stands_on_asphalt(seed: int) -> None:
    lateral = things_beside(straight(), seed)[:, LEFT]
    assert len(lateral) > 150
    assert ((lateral < -2.75 - 0.3) | (lateral > 6.25 + 0.3)).all()
    aside = things_beside(with_side_road(straight()), seed)[:, LEFT]
    assert ((aside < -20.3) | ((aside > -13.7) & (aside < -2.05)) | (aside > 2.05)).all()
    assert ((aside > -13.7) & (aside < -2.05)).sum() > 10


@pytest.mark.parametrize("radius", [18.0, -18.0])
def test_nothing_stands_where_a_hairpin_comes_round_again(radius: float) -> None:
    route = arc(radius, 3.2 * abs(radius))
    for seed in range(4):
        things = things_beside(route, seed)
        away = np.hypot(things[:, None, DISTANCE] - route.x, things[:, None, LEFT] - route.y).min(axis=1)
        assert len(things) > 20
        assert away.min() > 2.0


def test_room_ends_at_the_other_leg_and_nowhere_on_a_straight() -> None:
    route = straight(200.0)
    right, left = room_beside(route.x, route.y, route.heading_rad)
    assert (right == 36.0).all()
    assert (left == 36.0).all()
    turn = arc(12.0, math.pi * 12.0)
    legs = [
        np.concatenate([parts[0], parts[1], parts[2]])
        for parts in (
            (np.arange(-80.0, 0.0, 0.5), turn.x, np.arange(0.0, -80.0, -0.5)),
            (np.zeros(160), turn.y, np.full(160, 24.0)),
            (np.zeros(160), turn.heading_rad, np.full(160, math.pi)),
        )
    ]
    right, left = room_beside(*legs)
    assert (right[:100] == 36.0).all()
    assert ((left[:100] >= 18.0) & (left[:100] <= 26.0)).all()


def test_posts_and_trees_differ_from_seed_to_seed() -> None:
    """The mean distance of posts, and of trees, does not tell where the road's edge is."""
    posts, trees = [], []
    for seed in range(24):
        things = things_beside(straight(), seed)
        right = things[things[:, LEFT] < 0.0]
        post = right[right[:, SPRITE] == Sprite.POST]
        wood = right[right[:, SPRITE] <= Sprite.CONIFER_1]
        if len(post):
            posts.append(float(post[:, LEFT].mean()))
        trees.append(float(wood[:, LEFT].mean()))
        if len(post) > 1:
            spacing = np.diff(np.sort(post[:, DISTANCE]))
            assert spacing.min() > 12.0
    assert np.std(posts) > 0.2
    assert np.std(trees) > 0.6
