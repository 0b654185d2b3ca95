from __future__ import annotations

import hashlib
from dataclasses import fields

import cv2
import numpy as np
import pytest

from wormdrive.envs.common.errors import ConditionsError
from wormdrive.envs.seasons.art.bake import Art, bake_art
from wormdrive.envs.seasons.art.layout import GROUND_TEXELS, SKY_COLUMNS, SKY_ROWS, Sprite, Strip
from wormdrive.envs.seasons.names import SEASONS


@pytest.fixture(scope="module")
def arts() -> dict[str, Art]:
    return {season: bake_art(season) for season in SEASONS}


def unpack(texels, rows, columns):
    """(rows, columns, 4) in [0, 1]."""
    square = texels.reshape(rows, columns)
    return np.stack([(square >> shift & 255) for shift in (0, 8, 16, 24)], axis=-1) / 255.0


def ground(art):
    return unpack(art.ground[: GROUND_TEXELS**2], GROUND_TEXELS, GROUND_TEXELS)


def columns(low, high):
    return slice(round((low + 16) * 16), round((high + 16) * 16))


def digest(art):
    return hashlib.sha256(b"".join(getattr(art, field.name).tobytes() for field in fields(art))).hexdigest()


@pytest.mark.slow
def test_same_seed_same_bits_another_seed_others(arts):
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1 if threads > 1 else 2)
    try:
        assert digest(bake_art("autumn")) == digest(arts["autumn"])
    finally:
        cv2.setNumThreads(threads)
    assert digest(bake_art("autumn", seed=1)) != digest(arts["autumn"])


@pytest.mark.parametrize("season", SEASONS)
def test_shapes_and_types(arts, season):
    art = arts[season]
    assert art.ground.dtype == art.litter.dtype == art.sky.dtype == art.atlas.dtype == np.uint32
    assert art.ground_offsets.shape == art.litter_offsets.shape == (10, 7)
    assert art.sky.shape == (SKY_ROWS * SKY_COLUMNS,)
    assert art.shadow.dtype == np.uint8
    assert art.shadow_offsets.tolist() == [0, *np.cumsum([4 ** (8 - i) for i in range(8)])]
    assert art.atlas_offsets.shape == (len(Sprite), 7)
    assert art.atlas_spans.shape == (len(Sprite), 7, 256, 2)
    last = art.ground_offsets[-1, -1] + (512 >> 9) * (512 >> 6)
    assert art.ground.size == art.litter.size == last
    assert art.atlas.size == art.atlas_offsets[-1, -1] + 4 * 4


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("level", [(0, 0), (3, 0), (0, 4), (9, 6)])
def test_ripmap_keeps_the_mean_light(arts, season, level):
    art = arts[season]
    i, j = level
    start = art.ground_offsets[i, j]
    rows, cols = 512 >> i, 512 >> j
    part = unpack(art.ground[start : start + rows * cols], rows, cols)
    whole = ground(art)
    for channel in range(3):
        assert (part[..., channel] ** 2).mean() == pytest.approx((whole[..., channel] ** 2).mean(), rel=0.02)
    assert part[..., 3].mean() == pytest.approx(whole[..., 3].mean(), abs=0.01)


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("middle", [-1.75, 1.75])
def test_wheel_tracks_are_darker_and_barer_than_what_lies_between(arts, season, middle):
    picture = ground(arts[season])
    tracks = np.concatenate(
        [picture[:, columns(middle + side * 0.75 - 0.15, middle + side * 0.75 + 0.15)] for side in (-1, 1)], axis=1
    )
    rest = np.concatenate(
        [picture[:, columns(middle - 0.2, middle + 0.2)], picture[:, columns(middle - 1.6, middle - 1.3)]], axis=1
    )
    assert tracks[..., 1].mean() < 0.97 * picture[:, columns(-7, -4.5), 1].mean()
    assert tracks[..., 3].mean() > rest[..., 3].mean() + 0.25


@pytest.mark.parametrize("season", SEASONS)
def test_bareness_is_spread_evenly_over_the_lanes(arts, season):
    bare = ground(arts[season])[:, columns(Strip.LANE_A, Strip.LANE_B + Strip.LANE_WIDTH), 3]
    for cover in (0.1, 0.3, 0.5, 0.7, 0.9):
        assert (bare < cover).mean() == pytest.approx(cover, abs=0.03)


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("strip", [Strip.PAVING, Strip.ASPHALT])
def test_snow_lies_earlier_where_nobody_drives(arts, season, strip):
    bare = ground(arts[season])[:, columns(strip, strip + Strip.STRIP_WIDTH), 3]
    assert (bare < 0.65).all()
    assert (bare < 0.31).mean() == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("season", SEASONS)
def test_verges_are_white_before_the_road_is(arts, season):
    picture = ground(arts[season])[..., 3]
    verge, road = picture[:, columns(4, 14)], picture[:, columns(-3.5, 3.5)]
    assert (verge < 0.4).mean() > 0.85
    assert (road < 0.4).mean() < 0.5


def test_two_snow_levels_differ_everywhere_between_nothing_and_all(arts):
    road = ground(arts["winter"])[:, columns(-3.5, 3.5), 3]
    share = [(road < cover).mean() for cover in np.linspace(0, 1.01, 30)]
    assert (np.diff(share) > 0).all()


@pytest.mark.parametrize("season", SEASONS)
def test_guard_bands_hold_their_neighbours_colours(arts, season):
    picture = ground(arts[season])[..., :3]

    def mean(low, high):
        return picture[:, columns(low, high)].mean(axis=(0, 1))

    for band, neighbour in (
        ((-4.0, -3.5), (-4.5, -4.0)),
        ((-7.75, -7.5), (-7.5, -7.0)),
        ((-8.0, -7.75), (-8.5, -8.0)),
        ((-11.75, -11.5), (-11.5, -11.0)),
        ((-12.0, -11.75), (-12.5, -12.0)),
        ((-16.0, -15.5), (-15.5, -15.0)),
        ((15.5, 16.0), (-15.5, -15.0)),
        ((14.0, 14.5), (13.5, 14.0)),
    ):
        np.testing.assert_allclose(mean(*band), mean(*neighbour), atol=0.05, err_msg=str(band))


@pytest.mark.parametrize("season", SEASONS)
def test_the_far_verge_repeats_without_a_seam(arts, season):
    picture = ground(arts[season])[..., :3]
    end, begin = round((Strip.VERGE_END + 16) * 16), round((Strip.VERGE_REPEAT_FROM + 16) * 16)
    across_the_seam = np.abs(picture[:, end - 1] - picture[:, begin]).mean()
    usual = np.abs(picture[:, begin + 20] - picture[:, begin + 21]).mean()
    assert across_the_seam < 1.5 * usual


@pytest.mark.parametrize("season", SEASONS)
def test_the_tile_repeats_along_the_road(arts, season):
    picture = ground(arts[season])[..., :3]
    seam = np.abs(picture[-1] - picture[0]).mean()
    usual = np.abs(picture[100] - picture[101]).mean()
    assert seam < 1.3 * usual


def test_seasons_have_their_colours(arts):
    grass = {season: ground(art)[:, columns(-15, -12.5), :3].mean(axis=(0, 1)) for season, art in arts.items()}
    for season in ("summer", "spring"):
        assert grass[season][1] > 1.15 * grass[season][0]
    assert abs(grass["winter"][1] - grass["winter"][0]) < 0.06
    assert grass["spring"][1] > grass["summer"][1] > grass["winter"][1] - 0.2

    def crown(season):
        start = arts[season].atlas_offsets[Sprite.BROADLEAF_0, 0]
        sprite = unpack(arts[season].atlas[start : start + 256 * 256], 256, 256)[128:]
        return sprite[sprite[..., 3] > 0.9][:, :3].mean(axis=0)

    assert crown("autumn")[0] > 1.3 * crown("autumn")[1]
    assert crown("summer")[1] > 1.3 * crown("summer")[0]


def test_litter_grows_evenly_with_its_amount(arts):
    early = unpack(arts["autumn"].litter[: 512 * 512], 512, 512)[..., 3]
    shares = [(early > 1 - amount).mean() for amount in (0.25, 0.5, 0.75, 1.0)]
    steps = np.diff([0.0, *shares])
    assert shares[-1] > 0.3
    assert (steps > 0.5 * steps.mean()).all()
    assert (steps < 1.6 * steps.mean()).all()


def test_far_litter_is_twice_its_mean_earliness(arts):
    art = arts["autumn"]
    early = unpack(art.litter[: 512 * 512], 512, 512)[..., 3]
    assert 2 * early.mean() == pytest.approx((early > 0).mean(), rel=0.15)


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("sprite", list(Sprite), ids=lambda s: s.name.lower())
def test_sprites_stand_inside_transparent_borders(arts, season, sprite):
    art = arts[season]
    for mip in range(7):
        size = 256 >> mip
        start = art.atlas_offsets[sprite, mip]
        picture = unpack(art.atlas[start : start + size * size], size, size)
        alpha = picture[..., 3]
        assert (alpha[:, [0, -1]] == 0).all()
        assert (alpha[-1] == 0).all()
        # premultiplied: no channel is brighter than alpha allows
        assert (picture[..., :3] ** 2 <= alpha[..., None] + 0.02).all()
        first, last = art.atlas_spans[sprite, mip, :size].T
        inside = (np.arange(size) >= first[:, None]) & (np.arange(size) < last[:, None])
        assert (alpha[~inside] == 0).all()
        shown = first < last
        assert (alpha[shown, first[shown]] > 0).all()
        assert (alpha[shown, last[shown] - 1] > 0).all()
    picture = unpack(art.atlas[art.atlas_offsets[sprite, 0] :][: 256 * 256], 256, 256)
    assert 0.02 < picture[..., 3].mean() < 0.9
    assert picture[1, 128 - 64 : 128 + 64, 3].max() > 0.5  # it has a foot to stand on


def test_colours_of_cars_differ_and_fronts_have_white_lamps(arts):
    art = arts["summer"]

    def picture(sprite):
        return unpack(art.atlas[art.atlas_offsets[sprite, 0] :][: 256 * 256], 256, 256)

    red, white, blue = (picture(s)[121:131, 90:166, :3].mean(axis=(0, 1)) for s in (11, 12, 13))
    assert red[0] > 1.5 * red[2]
    assert blue[2] > 1.5 * blue[0]
    assert white.min() > 0.4
    rear_lamp = picture(Sprite.CAR_REAR_WHITE)[100:120, 20:50, :3].reshape(-1, 3)
    assert (rear_lamp[:, 0] > 2 * rear_lamp[:, 1]).mean() > 0.3


@pytest.mark.parametrize("season", SEASONS)
def test_sky_masks(arts, season):
    cloud, near, texture, far = np.moveaxis(unpack(arts[season].sky, SKY_ROWS, SKY_COLUMNS), -1, 0)
    assert 0.1 < cloud[20:].mean() < 0.6
    assert near[0].min() == far[0].min() == 1.0  # below the horizon there is land everywhere
    assert near[-1].max() == far[-1].max() == 0.0
    assert texture[:10].std() > 0.05
    assert np.abs(cloud[:, 0] - cloud[:, -1]).mean() < 0.06  # it closes around


def test_shadows_are_thinner_without_leaves(arts):
    shade = {season: art.shadow[: 256 * 256].mean() for season, art in arts.items()}
    assert shade["winter"] < 0.6 * shade["summer"]
    assert 20 < shade["summer"] < 140


@pytest.mark.parametrize(("season", "seed", "word"), [("monsoon", 0, "summer"), ("summer", -1, "from 0 on")])
def test_complaints(season, seed, word):
    with pytest.raises(ConditionsError, match=word):
        bake_art(season, seed)
