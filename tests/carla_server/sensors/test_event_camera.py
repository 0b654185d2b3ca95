"""The dynamic vision sensor, pixel by pixel, against a plain loop over what ESIM says."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.carla_server.sensors.event_camera import EventCamera, EventSettings

MS = 1_000_000


def grey(*levels: int) -> NDArray[np.uint8]:
    """A picture of one row."""
    return np.repeat(np.array(levels, np.uint8)[None, :, None], 3, axis=2)


def seen(settings: EventSettings, *pictures: tuple[NDArray[np.uint8], int], seed: int = 0) -> list[tuple[object, ...]]:
    """All events (x, y, t, up) of pictures at times [ms]."""
    camera = EventCamera(settings, seed)
    return [event for picture, ms in pictures for event in camera.see(picture, ms * MS).tolist()]


def by_hand(settings: EventSettings, pictures: list[tuple[NDArray[np.uint8], int]]) -> list[tuple[float, int, bool]]:
    """Times, pixels and signs of the events, one pixel after the other."""

    def brightness(picture: NDArray[np.uint8], at: int) -> float:
        red, green, blue = picture.reshape(-1, 3)[at].tolist()
        level = 0.2989 * red + 0.587 * green + 0.114 * blue
        return math.log(settings.dark + level / 255.0) if settings.logarithmic else level

    found = []
    for at in range(pictures[0][0].size // 3):
        reference, last = brightness(pictures[0][0], at), None
        for (one, began), (two, ended) in pairwise(pictures):
            start, end = brightness(one, at), brightness(two, at)
            sign, threshold = (1, settings.brighter) if end > start else (-1, settings.darker)
            while sign * (end - (reference + sign * threshold)) >= 0.0 < sign * (reference + sign * threshold - start):
                reference += sign * threshold
                time_ns = MS * (began + (ended - began) * (reference - start) / (end - start))
                if last is None or time_ns - last >= settings.refractory_ns:
                    found.append((time_ns, at, sign > 0))
                    last = time_ns
    return sorted(found)


def test_a_pixel_that_brightens_steadily_has_an_event_a_threshold() -> None:
    """From grey level 10 to 60 in 100 ms, one every 20 levels: at 40 and at 80 ms."""
    settings = EventSettings(brighter=20.0, darker=15.0, logarithmic=False)
    up = seen(settings, (grey(10, 10), 0), (grey(10, 60), 100))
    assert [(x, y, pol) for x, y, _, pol in up] == [(1, 0, True), (1, 0, True)]
    assert [t for _, _, t, _ in up] == pytest.approx([40 * MS, 80 * MS], abs=20_000)
    # the reference is 50 now, not 60: back to 10, it is passed by 15 at 35 and at 20
    back = seen(settings, (grey(10), 0), (grey(60), 100), (grey(10), 150))[2:]
    assert [t for _, _, t, _ in back] == pytest.approx([125 * MS, 140 * MS], abs=20_000)
    assert not any(pol for *_, pol in back)


def test_the_first_picture_and_a_still_one_tell_nothing() -> None:
    assert seen(EventSettings(), (grey(10, 200), 0), (grey(10, 200), 50), (grey(10, 200), 90)) == []


@pytest.mark.parametrize(
    "settings",
    [
        EventSettings(),
        EventSettings(brighter=0.11, darker=0.23, dark=0.05),
        EventSettings(brighter=7.0, darker=3.0, logarithmic=False),
        EventSettings(brighter=0.1, darker=0.1, refractory_ns=9 * MS),
    ],
)
def test_events_are_those_of_a_loop_over_pixels(settings: EventSettings) -> None:
    random = np.random.default_rng(3)
    pictures = [(random.integers(0, 256, (6, 8, 3), dtype=np.uint8), 7 + 33 * k) for k in range(4)]
    events = seen(settings, *pictures)
    expected = by_hand(settings, pictures)
    assert len(events) > 100
    assert len(events) == len(expected)
    times = [t for _, _, t, _ in events]
    assert times == sorted(times)
    assert times == pytest.approx([t for t, _, _ in expected], abs=300)
    found = sorted((8 * y + x, pol, t) for x, y, t, pol in events)  # type: ignore[operator]
    wanted = sorted((at, pol, t) for t, at, pol in expected)
    assert [each[:2] for each in found] == [each[:2] for each in wanted]


def test_noise_of_thresholds_is_the_seeds() -> None:
    settings = EventSettings(brighter=0.3, darker=0.3, brighter_noise=0.1)
    pictures = [(np.full((40, 50, 3), 20, np.uint8), 0), (np.full((40, 50, 3), 200, np.uint8), 40)]
    one, same, other = (seen(settings, *pictures, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    still = seen(EventSettings(), *pictures)
    assert len(still) == 2000 * int((math.log(0.001 + 200 / 255) - math.log(0.001 + 20 / 255)) / 0.3)
    assert 0.8 < len(one) / len(still) < 1.6
    first: dict[object, object] = {}
    for x, y, t, _ in one:
        first.setdefault((x, y), t)
    assert len(set(first.values())) > 1000
    darker = [(pictures[1][0], 0), (pictures[0][0], 40)]
    assert seen(settings, *darker) == seen(EventSettings(), *darker)


def test_however_low_thresholds_are_there_is_an_end() -> None:
    settings = EventSettings(brighter=1e-3, darker=1e-3, logarithmic=False)
    camera = EventCamera(settings, 0)
    camera.see(np.zeros((1000, 1000, 3), np.uint8), 0)
    assert 4e6 < len(camera.see(np.full((1000, 1000, 3), 255, np.uint8), 40 * MS)) < 6e6
