from __future__ import annotations

from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling


def widths(scaling: ResolutionScaling, seconds: float, pictures: int) -> list[int]:
    """Widths met while every picture takes ``seconds`` at the largest size, and less the smaller it is."""
    met = [scaling.camera.width]
    for _ in range(pictures):
        scaling.took(seconds * scaling.camera.width / 800)
        if scaling.camera.width != met[-1]:
            met.append(scaling.camera.width)
    return met


def test_the_picture_shrinks_until_it_comes_in_time() -> None:
    assert widths(ResolutionScaling(CameraConfig()), 0.020, 200) == [800]
    assert widths(ResolutionScaling(CameraConfig()), 0.050, 200) == [800, 640, 512]
    assert widths(ResolutionScaling(CameraConfig()), 1.0, 200) == [800, 640, 512, 400]


def test_it_grows_again_when_a_slow_moment_is_long_over_but_does_not_flutter() -> None:
    scaling = ResolutionScaling(CameraConfig())
    widths(scaling, 0.010, 300)
    assert widths(scaling, 0.045, 40)[-1] == 640
    assert widths(scaling, 0.010, 400)[-1] == 800
    slow = ResolutionScaling(CameraConfig())
    assert widths(slow, 0.045, 3000) == [800, 640]


def test_one_slow_picture_is_no_reason() -> None:
    scaling = ResolutionScaling(CameraConfig())
    widths(scaling, 0.02, 100)
    scaling.took(0.1)
    assert widths(scaling, 0.02, 100) == [800]


def test_it_sees_from_the_same_place_with_the_same_field_of_view() -> None:
    camera = CameraConfig(fov_deg=77.0, pitch_rad=0.2, z_m=2.0)
    scaling = ResolutionScaling(camera)
    widths(scaling, 1.0, 100)
    assert (scaling.camera.fov_deg, scaling.camera.pitch_rad, scaling.camera.z_m) == (77.0, 0.2, 2.0)


def test_fixed_is_fixed() -> None:
    assert widths(ResolutionScaling(CameraConfig(), fixed=True), 1.0, 100) == [800]
