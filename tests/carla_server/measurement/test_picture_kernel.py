"""Rays against pictures: alike by sectors and one by one, from beside, above and below; leaves that let them pass."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wormdrive.carla_server.measurement.mesh_trees import mesh_trees
from wormdrive.carla_server.measurement.picture_kernel import CARD_FIELDS, face, meet_card, reach_aside
from wormdrive.carla_server.measurement.ray_kernel import FIRST_PICTURE, cast_rays, pierced
from wormdrive.carla_server.measurement.silhouettes import Pictures, silhouettes_of
from wormdrive.carla_server.measurement.targets import FIRST_PICTURE as OF_TARGETS
from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS, Sprite

WIDE, TALL = 6.0, 9.0
SPRITES = (Sprite.BROADLEAF_1, Sprite.CONIFER_0, Sprite.BUSH, Sprite.CLUMP_BROADLEAF, Sprite.CLUMP_CONIFER, Sprite.POST)
FULL = np.ones((len(Sprite), 4, 4), np.bool_)


def picture(x: float, y: float, z: float, sprite: Sprite) -> list[float]:
    return [x, y, z, float(sprite), WIDE, TALL, 0.0, 9.0, 100.0]


def card_of(sprite: Sprite, origin: tuple[float, float, float]) -> np.ndarray:
    card = np.zeros(CARD_FIELDS)
    assert face(np.array(origin), np.array(picture(0.0, 0.0, 0.0, sprite)), card)
    return card


def towards(origin: tuple[float, float, float], place: tuple[float, float, float]) -> np.ndarray:
    way = np.array(place) - origin
    return way / np.linalg.norm(way)


def test_a_ray_meets_a_picture_where_it_is_opaque() -> None:
    origin = (-20.0, 0.0, 5.58)  # as high as the middle of the crown
    card = card_of(Sprite.BROADLEAF_0, origin)
    for place, distance in (((0.0, 0.0, 5.58), 20.0), ((0.0, 2.9, 5.58), math.hypot(20.0, 2.9))):
        assert meet_card(towards(origin, place), card, FULL, np.inf) == pytest.approx(distance)
    assert meet_card(towards(origin, (0.0, 0.0, 8.9)), card, FULL, np.inf) < np.inf
    assert meet_card(towards(origin, (0.0, 0.0, 0.1)), card, FULL, np.inf) < np.inf
    for place in ((0.0, 3.1, 5.58), (0.0, 0.0, 9.1), (0.0, 0.0, -0.1), (-40.0, 0.0, 5.58)):
        assert meet_card(towards(origin, place), card, FULL, np.inf) == np.inf
    assert meet_card(towards(origin, (0.0, 0.0, 5.58)), card, FULL, 19.0) == np.inf
    right_half = FULL.copy()
    right_half[:, :, :2] = False
    assert meet_card(towards(origin, (0.0, 1.0, 5.58)), card, right_half, np.inf) == np.inf  # the left as one looks
    assert meet_card(towards(origin, (0.0, -1.0, 5.58)), card, right_half, np.inf) < np.inf


def test_from_above_a_crown_is_nearly_round() -> None:
    card = card_of(Sprite.BROADLEAF_0, (0.0, 0.0, 40.0))
    down = [meet_card(towards((0.0, 0.0, 40.0), (x, y, 5.58)), card, FULL, np.inf) for x, y in ((2.4, 0.0), (0.0, 2.9))]
    assert max(down) < np.inf
    assert meet_card(towards((0.0, 0.0, 40.0), (2.7, 0.0, 5.58)), card, FULL, np.inf) == np.inf  # 0.85 as deep as wide


def test_what_is_looked_at_from_within_is_not_met() -> None:
    card = np.zeros(CARD_FIELDS)
    assert not face(np.array([0.0, 0.0, 5.5]), np.array(picture(0.0, 0.0, 0.0, Sprite.BROADLEAF_0)), card)
    assert meet_card(np.array([1.0, 0.0, 0.0]), card, FULL, np.inf) == np.inf


def test_rays_by_sectors_meet_what_rays_one_by_one_meet() -> None:
    assert FIRST_PICTURE == OF_TARGETS
    random = np.random.default_rng(3)
    pictures = Pictures(
        np.array([picture(*random.uniform(-30.0, 30.0, 2), 0.0, SPRITES[k % len(SPRITES)]) for k in range(60)]),
        silhouettes_of("summer"),
    )
    count = len(pictures.rows)
    centre = pictures.rows[:, :3] + [0.0, 0.0, 0.5 * TALL]
    half = np.full((count, 3), 0.5 * WIDE)
    half[:, 2] = 0.5 * TALL
    axes, shape = np.tile(np.eye(3), (count, 1, 1)), FIRST_PICTURE - np.arange(count)
    ground = np.full((2, 2), -100.0)
    for height in (1.5, 12.0, 35.0, -8.0):
        origin = np.array([0.3, -0.2, height])
        directions = random.uniform((-30.0, -30.0, 0.0), (30.0, 30.0, TALL), (1_500, 3)) - origin
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        distance, cosine, target = np.empty(1_500), np.zeros(1_500), np.empty(1_500, np.int64)
        cast_rays(
            origin, directions, 90.0, ground, 1e3, 1e3, 1.0, centre, half, axes, shape, mesh_trees(), pictures,
            distance, target, cosine,
        )  # fmt: skip
        for k, direction in enumerate(directions):
            alone = pierced(origin, direction, centre, half, axes, shape, mesh_trees(), pictures)
            expected = int(alone.argmin()) if alone.min() < 90.0 else -2
            assert target[k] == expected
            assert distance[k] == pytest.approx(min(alone.min(), 90.0))
        assert (target >= 0).sum() > 100


def test_a_leaning_card_reaches_no_farther_than_it_says() -> None:
    card = card_of(Sprite.BROADLEAF_0, (-6.0, 0.0, 0.5))
    assert 0.5 * WIDE < reach_aside(card) < WIDE


def test_silhouettes_are_those_of_the_pictures() -> None:
    summer, winter = silhouettes_of("summer"), silhouettes_of("winter")
    assert summer.shape == (len(Sprite), SPRITE_TEXELS, SPRITE_TEXELS)
    assert 0.1 < winter[Sprite.BROADLEAF_0].mean() < summer[Sprite.BROADLEAF_0].mean() < 0.6  # without leaves
    assert summer[Sprite.POST, :200, 110:146].any(axis=1).all()
    assert not summer[Sprite.POST, 250:].any()
