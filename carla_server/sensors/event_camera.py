"""Event camera: what a dynamic vision sensor sends: where and when brightness has changed by more than a threshold.

CARLA's sensor follows ESIM (Rebecq, Gehrig, Scaramuzza: ESIM: an Open Event Camera Simulator, CoRL 2018): brightness
is taken to go straight from one picture to the next, and each time it has gone by a threshold from where it was at a
pixel's last event, there is an event, at the time at which the line crosses it:

    brightness                        o now
        |                      . '
        | - - - - - - - - x '- - - - -  reference + 2 thresholds
        |           . '
        | - - -x- ' - - - - - - - - - - reference + threshold
        |  o before                         x: events
        +--------------------------------- time
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.actors.sensor_settings import flag, real, whole
from wormdrive.carla_server.protocol.payloads import EVENT

__all__ = ["EventCamera", "EventSettings"]

_GREY: Final = np.array([[0.2989, 0.587, 0.114]], np.float32)
_STILL: Final = 1e-6
_LEAST_THRESHOLD: Final = 0.01
"""Of a threshold with noise."""
_MOST_EVENTS: Final = 2**22
"""In one picture: a sensor's bus carries no more, either."""


@dataclass(frozen=True, slots=True)
class EventSettings:
    """How a sensor answers to light.

    Attributes
    ----------
    brighter, darker:
        Thresholds, above 0: of log brightness, or of grey levels 0 to 255.
    brighter_noise, darker_noise:
        Standard deviation of each threshold, drawn for each pixel and picture.
    refractory_ns:
        For how long a pixel is blind after an event [ns].
    logarithmic:
        Brightness is the logarithm of ``dark`` plus grey, 0 to 1; else it is grey, 0 to 255.
    """

    brighter: float = 0.3
    darker: float = 0.3
    brighter_noise: float = 0.0
    darker_noise: float = 0.0
    refractory_ns: int = 0
    logarithmic: bool = True
    dark: float = 0.001

    @classmethod
    def of(cls, values: Mapping[str, str]) -> EventSettings:
        """Read a sensor's attributes, which have been checked."""
        return cls(
            real(values, "positive_threshold"),
            real(values, "negative_threshold"),
            real(values, "sigma_positive_threshold"),
            real(values, "sigma_negative_threshold"),
            whole(values, "refractory_period_ns"),
            flag(values, "use_log"),
            real(values, "log_eps"),
        )


class EventCamera:
    """Turns pictures into events; the same pictures and seed give the same events."""

    def __init__(self, settings: EventSettings, seed: int) -> None:
        self._settings = settings
        self._noise = np.random.default_rng(seed)
        self._time_ns = 0
        self._before: NDArray[np.float32] | None = None
        self._reference: NDArray[np.float32] = np.zeros(0, np.float32)
        self._latest_ns: NDArray[np.int64] = np.zeros(0, np.int64)  # 0: never

    def see(self, rgb: NDArray[np.uint8], time_ns: int) -> NDArray[np.void]:
        """Return the events (n,) of type ``EVENT`` since the last picture, in the order of time; none of the first.

        Parameters
        ----------
        rgb:
            (H, W, 3); always of one size.
        time_ns:
            When the picture was taken.
        """
        now = self._brightness(rgb)
        before, self._before = self._before, now
        began_ns, self._time_ns = self._time_ns, time_ns
        if before is None:
            self._reference = now.copy()
            self._latest_ns = np.zeros(len(now), np.int64)
            return np.zeros(0, EVENT)
        at = np.flatnonzero(np.abs(now - before) > _STILL)
        rises = now[at] > before[at]
        found = list(self._crossings(at, rises, before, now, began_ns, time_ns - began_ns))
        pixel, when, up = (np.concatenate(parts) for parts in zip(*found, strict=True))
        order = np.argsort(when, kind="stable")
        events = np.empty(len(order), EVENT)
        events["x"], events["y"] = pixel[order] % rgb.shape[1], pixel[order] // rgb.shape[1]
        events["t"], events["pol"] = when[order], up[order]
        return events

    def _brightness(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        import cv2  # who wants no pictures does not wait for it

        grey = np.asarray(cv2.transform(rgb.astype(np.float32), _GREY), np.float32).reshape(-1)
        if self._settings.logarithmic:
            grey = np.log(np.float32(self._settings.dark) + grey * np.float32(1.0 / 255.0))
        return grey

    def _crossings(
        self,
        at: NDArray[np.int64],
        rises: NDArray[np.bool_],
        before: NDArray[np.float32],
        now: NDArray[np.float32],
        began_ns: int,
        lasts_ns: int,
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]]:
        """Pixels, times and signs of their first events, then of their second ones, and so on."""
        step = self._thresholds(rises)
        level, start, end = self._reference[at], before[at], now[at]
        left = _MOST_EVENTS
        while True:
            level = level + step
            inside = np.where(rises, (level > start) & (level <= end), (level < start) & (level >= end))
            at, rises, step = at[inside], rises[inside], step[inside]
            level, start, end = level[inside], start[inside], end[inside]
            when = began_ns + ((level - start) / (end - start).astype(np.float64) * lasts_ns).astype(np.int64)
            self._reference[at] = level
            latest = self._latest_ns[at]
            awake = (latest == 0) | (when - latest >= self._settings.refractory_ns)
            self._latest_ns[at[awake]] = when[awake]
            yield at[awake], when[awake], rises[awake]
            left -= len(at)
            if not len(at) or left < 0:
                return

    def _thresholds(self, rises: NDArray[np.bool_]) -> NDArray[np.float32]:
        """By how much each pixel's brightness has to change, with its sign."""
        own = self._settings
        threshold = np.where(rises, own.brighter, own.darker)
        deviation = np.where(rises, own.brighter_noise, own.darker_noise)
        if own.brighter_noise > 0.0 or own.darker_noise > 0.0:
            noisy = threshold + deviation * self._noise.standard_normal(len(rises))
            threshold = np.where(deviation > 0.0, np.maximum(noisy, _LEAST_THRESHOLD), threshold)
        return np.where(rises, threshold, -threshold).astype(np.float32)
