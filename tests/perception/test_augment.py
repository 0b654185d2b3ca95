"""Augmentation: the geometry, the families one by one, and all of them together."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.augment import Augmentation, AugmentationConfig
from wormdrive.perception.augment_families import REGIONS
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.cross_section import BINS
from wormdrive.perception.preprocess import PreprocessConfig

B, T, H, W = 4, 3, 39, 100
ROAD, SKY, TERRAIN, MARK = 1, 11, 10, 24


def rays() -> GroundRays:
    return GroundRays(CameraConfig(), PreprocessConfig())


def pose(offset: float = 0.0, error: float = 0.0, curvature: float = 0.0) -> RoadPose:
    full = lambda value: torch.full((B, T), value)  # noqa: E731
    return RoadPose(full(offset), full(error), full(curvature), full(3.5))


def scene() -> tuple[torch.Tensor, torch.Tensor]:
    """A road with one mark between verges under a sky, by the flat-ground geometry itself."""
    r = rays()
    lateral = r.lateral_m(pose())
    classes = torch.full((B, T, H, W), TERRAIN, dtype=torch.uint8)
    classes[lateral.abs() < 1.75] = ROAD
    classes[(lateral - 1.75).abs() < 0.15] = MARK
    classes[(~r.ground).expand(B, T, H, W)] = SKY
    images = torch.full((B, T, H, W), 0.3)
    images[classes == MARK] = 0.9
    images[classes == SKY] = 0.8
    return images.unsqueeze(2), classes


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def only(family: str, images: torch.Tensor, classes: torch.Tensor | None = None, seed: int = 0) -> torch.Tensor:
    """Apply one family to every window."""
    config = AugmentationConfig.none().model_copy(update={family: 1.0})
    if classes is None:
        classes = torch.zeros(*images.shape[:2], *images.shape[3:], dtype=torch.uint8)
    b, t = images.shape[:2]
    zero = torch.zeros(b, t)
    return augmentation(config)(images, classes, RoadPose(zero, zero, zero, zero + 3.5), generator(seed))


ALL = AugmentationConfig(**{name: 1.0 for name in AugmentationConfig.model_fields if name != "noise"})


def augmentation(config: AugmentationConfig) -> Augmentation:
    """An augmentation that knows asphalt with a dark band on either side of the lane's middle."""
    made = Augmentation(config, rays())
    across_m = ((np.arange(BINS) + 0.5) / BINS - 0.5) * 3.5
    bands = np.abs(np.abs(across_m) - 0.7) < 0.2
    made.set_cross_section(np.where(bands, -1.0, 0.3).astype(np.float32))
    return made


def test_centre_pixel_meets_the_ground_where_trigonometry_says() -> None:
    camera = CameraConfig(width=201, height=79, pitch_rad=0.2)
    r = GroundRays(camera, PreprocessConfig(width=201, height=79, downsample=1))
    assert r.forward_m[39, 100] == pytest.approx(camera.x_m + camera.z_m / math.tan(0.2), rel=1e-5)
    assert r.left_m[39, 100] == pytest.approx(0.0, abs=1e-5)
    assert r.left_m[60, 0] > 1.0 > -1.0 > r.left_m[60, 200]
    # half the field of view lies between the centre and the picture's edge
    edge = r.left_m[39, 0] / (camera.z_m / math.sin(0.2))
    assert float(edge) == pytest.approx(math.tan(math.radians(50)) * 200 / 201, rel=1e-4)


def test_cropped_rows_are_those_of_the_whole_picture() -> None:
    cropped = GroundRays(CameraConfig(), PreprocessConfig(crop_top=10))
    assert torch.equal(cropped.forward_m, rays().forward_m[10:])


@pytest.mark.parametrize(("offset", "error", "curvature"), [(0.4, 0.1, 0.02), (-1.0, -0.2, -0.05), (0.3, 0.0, 0.0)])
def test_lateral_position_is_zero_on_the_lane_centre(offset: float, error: float, curvature: float) -> None:
    r = rays()
    # walk the lane's centre: a circle of the given curvature seen from the vehicle's frame
    s = torch.linspace(3, 15, 7)
    k = curvature
    x = torch.sin(k * s) / k if k else s
    y = ((1 - torch.cos(k * s)) / k if k else torch.zeros_like(s)) - offset
    c, n = math.cos(error), math.sin(error)
    r.forward_m, r.left_m = (c * x + n * y)[None], (-n * x + c * y)[None]
    assert r.lateral_m(pose(offset, error, curvature)).abs().max() < 1e-4


def test_same_generator_same_bits_and_another_differs() -> None:
    images, classes = scene()
    augment = augmentation(ALL)
    first, second = (augment(images, classes, pose(), generator(5)) for _ in range(2))
    assert torch.equal(first, second)
    assert not torch.equal(first, augment(images, classes, pose(), generator(6)))
    assert first.shape == images.shape
    assert first.min() >= 0
    assert first.max() <= 1
    assert not torch.equal(first, images)


def test_none_leaves_everything_as_it_was() -> None:
    images, classes = scene()
    assert torch.equal(Augmentation(AugmentationConfig.none(), rays())(images, classes, pose(), generator()), images)


def test_parameters_are_drawn_once_a_window() -> None:
    images, classes = scene()
    quiet = ALL.model_copy(update={"noise": 0.0, "wheel_tracks": 0.0, "seams": 0.0, "cross_section": 0.0})
    out = augmentation(quiet)(images, classes, pose(), generator(1))
    # not to the bit: the ends of an array go through another instruction than its middle
    torch.testing.assert_close(out[:, 0], out[:, 2], rtol=0, atol=1e-5)
    assert (out[0] - out[1]).abs().max() > 0.01


def test_fade_marks_changes_marks_towards_the_road_and_nothing_far_from_them() -> None:
    images, classes = scene()
    out = only("fade_marks", images, classes)
    marks = (classes == MARK).unsqueeze(2)
    near = torch.nn.functional.max_pool2d(marks.float().flatten(0, 1), 3, 1, 1).view_as(images) > 0
    assert torch.equal(out[~near], images[~near])
    low = marks & (torch.arange(H) > 25).view(1, 1, 1, H, 1)
    assert (out[low] - 0.3).abs().mean() < 0.5 * (images[low] - 0.3).abs().mean()


def test_wheel_tracks_lie_where_wheels_run_and_have_both_signs() -> None:
    images, classes = scene()
    r, signs = rays(), set()
    for seed in range(8):
        change = (only("wheel_tracks", images, classes, seed) - images)[:, :, 0]
        assert change[classes == SKY].abs().max() == 0
        assert change[classes == TERRAIN].abs().max() == 0
        near = ((classes == ROAD) & (r.forward_m < 8) & r.ground).expand_as(change)
        lateral = r.lateral_m(pose()).abs()
        on_track = near & (lateral > 0.65) & (lateral < 0.85)
        between = near & (lateral < 0.2)
        assert change[on_track].abs().mean() > 2 * change[between].abs().mean()
        signs |= set(torch.sign(change[:, 0].sum((1, 2))).tolist())
    assert signs == {-1.0, 1.0}


def test_seams_lie_anywhere_on_the_road_and_nowhere_else() -> None:
    images, classes = scene()
    r, found = rays(), []
    for seed in range(12):
        change = (only("seams", images, classes, seed) - images)[:, :, 0]
        assert change[(classes == SKY) | (classes == TERRAIN)].abs().max() == 0
        near = ((classes == ROAD) & (r.forward_m < 8) & r.ground).expand_as(change)
        strength = change.abs() * near
        for window in range(B):
            if strength[window].max() > 0.02:
                line = strength[window, 0] > 0.7 * strength[window, 0].max()
                found.append(float(r.lateral_m(pose())[0, 0][line].median()))
    assert len(found) > 20
    assert np.std(found) > 0.5
    assert max(map(abs, found)) > 1.3


def test_cross_section_sets_off_what_the_asphalt_sets_off() -> None:
    images, classes = scene()
    r, signs = rays(), set()
    lateral = r.lateral_m(pose())
    near = (classes == ROAD) & (r.forward_m < 8) & r.ground
    band, rest = near & ((lateral.abs() - 0.7).abs() < 0.15), near & (lateral.abs() < 0.3)
    for seed in range(8):
        change = (only("cross_section", images, classes, seed) - images)[:, :, 0]
        assert change[(classes == SKY) | (classes == TERRAIN)].abs().max() == 0
        for window in range(B):
            off = float(change[window][rest[window]].median() - change[window][band[window]].median())
            signs.add(np.sign(off) * (abs(off) > 0.05))
    assert {-1.0, 1.0} <= signs


def test_cross_section_must_be_measured_before_it_is_exaggerated() -> None:
    images, classes = scene()
    augment = Augmentation(AugmentationConfig(cross_section=0.5), rays())
    assert augment.needs_cross_section
    with pytest.raises(ArgumentError, match="cross_section: not set"):
        augment(images, classes, pose(), generator())
    assert not Augmentation(AugmentationConfig(), rays()).needs_cross_section


def test_dust_covers_road_marks_and_verges_alike() -> None:
    images, classes = scene()
    out = only("dust", images, classes, 2)
    sky = (classes == SKY).unsqueeze(2)
    assert torch.equal(out[sky], images[sky])
    for window in range(B):
        before, after = images[window][~sky[window]], out[window][~sky[window]]
        slope = float((after.max() - after.min()) / (before.max() - before.min()))
        assert 0.0 <= slope < 0.51
        torch.testing.assert_close(after - after.min(), slope * (before - before.min()), rtol=0, atol=1e-5)


def test_polarity_turns_a_picture_into_its_negative() -> None:
    images, classes = scene()
    torch.testing.assert_close(only("polarity", images, classes), 1 - images)


def test_exaggerate_multiplies_what_differs_along_a_row_of_road() -> None:
    images, classes = scene()
    images[classes.unsqueeze(2) == MARK] = 0.3  # worn away
    track = ((rays().lateral_m(pose()) - 0.7).abs() < 0.2) & (classes == ROAD)
    images[track.unsqueeze(2)] = 0.28
    gains = set()
    for seed in range(8):
        out = only("exaggerate", images, classes, seed)
        off_road = (classes != ROAD) & (classes != MARK)
        assert torch.equal(out[off_road.unsqueeze(2)], images[off_road.unsqueeze(2)])
        row = H - 4
        on, off = track[:, 0, row], (classes[:, 0, row] == ROAD) & ~track[:, 0, row]
        for window in range(B):
            line = out[window, 0, 0, row]
            gains.add(round(float((line[off[window]].median() - line[on[window]].median()) / 0.02), 3))
    assert min(gains) < -8
    assert max(gains) > 8
    assert min(map(abs, gains)) > 1.9
    assert max(map(abs, gains)) < 12.1


def test_blank_leaves_the_near_or_the_far_half() -> None:
    ramp = torch.linspace(0, 1, H * W).view(1, 1, 1, H, W).expand(80, 2, 1, H, W)
    out = only("blank", ramp, seed=3)
    assert torch.equal(out[:, 0], out[:, 1])
    kept = (out == ramp)[:, 0, 0].all(2)
    assert (kept[:, 0] != kept[:, -1]).all()
    assert 20 < int(kept[:, 0].sum()) < 60
    share = kept.float().mean(1)
    assert float(share.min()) > 0.35
    assert float(share.max()) < 0.95
    assert (kept.int().diff(dim=1).abs().sum(1) == 1).all()


@pytest.mark.parametrize("region", REGIONS)
def test_rebrighten_changes_its_region_alone(region: str) -> None:
    images, classes = scene()
    classes[:, :, 20, :5] = 9
    out = only(f"rebrighten_{region}", images, classes, 3)
    inside = torch.isin(classes, torch.tensor(REGIONS[region], dtype=torch.uint8)).unsqueeze(2)
    assert inside.any()
    assert torch.equal(out[~inside], images[~inside])
    assert not torch.equal(out[inside], images[inside])


def test_fog_takes_more_contrast_far_than_near() -> None:
    stripes = torch.zeros(B, T, 1, H, W)
    stripes[..., ::2] = 1
    contrast = (lambda x: x[..., ::2] - x[..., 1::2])(only("fog", stripes, seed=2)).mean((0, 1, 2, 4))
    assert contrast[0] < contrast[16] < contrast[20] < contrast[38] < 1


def test_fog_is_of_any_grey_and_of_40_to_1500_m_visual_range() -> None:
    """Koschmieder's law turned round: what is left of the contrast between black and white is exp(-3.912 d / V)."""
    r, count = rays(), 200
    black, white = (only("fog", torch.full((count, 1, 1, H, W), v), seed=3) for v in (0.0, 1.0))
    left = (white - black)[:, 0, 0]
    row, column = H - 6, 50
    assert r.distance_m[row, column] < 20.0
    left = left[:, row, column]
    visual_range = -3.912 * r.distance_m[row, column] / torch.log(left)
    assert 40.0 * 0.99 < float(visual_range.min()) < 60.0
    assert 1000.0 < float(visual_range.max()) < 1500.0 * 1.01
    assert 180.0 < float(visual_range.median()) < 330.0  # log-uniform: 245 m
    grey = black[:, 0, 0, row, column] / (1 - left)
    assert 0.099 < float(grey.min()) < 0.15
    assert 0.95 < float(grey.max()) < 1.001


def test_shadow_darkens_one_side_of_an_edge() -> None:
    shaded = only("shadow", torch.ones(200, 2, 1, H, W), seed=4)
    assert torch.equal(shaded[:, 0], shaded[:, 1])
    darkest, lightest = shaded.amin((1, 2, 3, 4)), shaded.amax((1, 2, 3, 4))
    assert float(shaded.min()) > 0.299
    assert float(shaded.max()) == 1.0
    within = (darkest < 0.99) & (lightest == 1.0)  # the edge may lie off the picture
    assert float(within.float().mean()) > 0.8
    assert float(darkest[within].min()) < 0.33
    deep = darkest[within & (shaded.flatten(1).median(1).values < 0.9)]  # where more than a corner is covered
    assert 0.75 < float(deep.max()) < 0.801
    covered = float((shaded < 0.9).float().mean())
    assert 0.35 < covered < 0.65


def test_light_field_is_smooth_and_one_a_window() -> None:
    lit = only("light_field", torch.full((40, 2, 1, H, W), 0.2), seed=6)
    assert torch.equal(lit[:, 0], lit[:, 1])
    steps = torch.log(lit[:, 0, 0] / 0.2)[lit.amax((1, 2, 3, 4)) < 1]
    assert 0.2 < float(steps.std()) < 0.7
    assert float(steps.diff(dim=2).abs().max()) < 0.2
    assert float(steps.diff(dim=1).abs().max()) < 0.3


def test_contrast_is_a_gain_a_lift_and_a_power() -> None:
    ramp = torch.linspace(0.3, 0.5, H * W).view(1, 1, 1, H, W).expand(60, 1, 1, H, W)
    changed = only("contrast", ramp, seed=7).flatten(1)
    inside = (changed.amin(1) > 1.1e-3) & (changed.amax(1) < 1)
    assert float(inside.float().mean()) > 0.6
    powers = []
    for one in changed[inside].double():
        # y = (a x + b) ** p: its power p makes y ** (1 / p) straight
        slopes = {power: (one ** (1 / power)).diff() for power in np.geomspace(0.5, 2, 141)}
        bend, power = min((float(slope.std() / slope.mean()), power) for power, slope in slopes.items())
        assert bend < 0.02
        powers.append(power)
    assert 0.53 < min(powers) < 0.75
    assert 1.3 < max(powers) < 1.87


def test_noise_is_normal_new_in_every_frame_and_seldom_strong() -> None:
    config = AugmentationConfig.none().model_copy(update={"noise": 0.09})
    grey, full = torch.full((400, 2, 1, H, W), 0.5), torch.zeros(400, 2)
    classes = torch.zeros(400, 2, H, W, dtype=torch.uint8)
    augment = Augmentation(config, rays())
    noise = augment(grey, classes, RoadPose(full, full, full, full + 3.5), generator(5)) - 0.5
    deviation = noise.std((2, 3, 4))
    assert float(deviation.max()) == pytest.approx(0.09, rel=0.05)
    assert float(deviation.mean()) == pytest.approx(0.03, rel=0.1)  # a third: the mean of a square
    torch.testing.assert_close(deviation[:, 0], deviation[:, 1], rtol=0.1, atol=1e-3)
    loud = noise[deviation[:, 0] > 0.01].flatten(2)
    assert float(torch.nn.functional.cosine_similarity(loud[:, 0], loud[:, 1], dim=1).abs().max()) < 0.1
    normal = loud / loud.std(2, keepdim=True)
    assert float((normal**4).mean()) == pytest.approx(3.0, rel=0.05)
    assert float((normal.abs() > 1.96).float().mean()) == pytest.approx(0.05, rel=0.1)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_bits(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    images, classes = (x.repeat(4, 4, *[1] * (x.ndim - 2)) for x in scene())
    full = torch.zeros(images.shape[:2])
    where, augment = RoadPose(full, full, full, full + 3.5), augmentation(ALL)
    alone = augment(images, classes, where, generator(8))
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert torch.equal(augment(images, classes, where, generator(8)), alone)


def test_colours_are_augmented_alike() -> None:
    images, classes = scene()
    augment = augmentation(ALL.model_copy(update={"noise": 0.0}))
    grey = augment(images, classes, pose(), generator(9))
    colour = augment(images.repeat(1, 1, 3, 1, 1), classes, pose(), generator(9))
    for channel in range(3):
        torch.testing.assert_close(colour[:, :, channel], grey[:, :, 0], rtol=0, atol=1e-5)


def test_configuration_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match="fog"):
        AugmentationConfig(fog=1.5)
