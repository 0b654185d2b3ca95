"""Satellite navigation: latitude, longitude and altitude of points of the map.

The map's plane is a transverse Mercator projection of a sphere of 6378137 m with the scale 0.9996 about the origin that
the map's ``geoReference`` names by ``+lat_0`` and ``+lon_0``; all else there is passed over. This is what CARLA 0.9.16
does (tried with its client's ``transform_to_geolocation``, equal to 1e-9 degrees), except that north is the
map's +y here, and CARLA's +y there.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np

__all__ = ["GeoReference", "Geodetic", "Gnss", "GnssNoise"]

RADIUS_M: Final = 6_378_137.0 * 0.9996
DEFAULT_DEG: Final = (42.0, 2.0)
"""CARLA's origin where a map names none: latitude, longitude."""


@dataclass(frozen=True)
class Geodetic:
    """Latitude and longitude [deg], altitude above the map's zero [m]."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float


@dataclass(frozen=True)
class GeoReference:
    """Origin of the map [deg]."""

    latitude_deg: float = DEFAULT_DEG[0]
    longitude_deg: float = DEFAULT_DEG[1]

    @classmethod
    def of(cls, text: str) -> GeoReference:
        """Read the text of a map's ``geoReference``; what names no origin, or an impossible one, is CARLA's default."""
        found = {}
        for name in ("lat_0", "lon_0"):
            match = re.search(rf"\+{name}=([-+0-9.eE]{{1,40}})", text)
            try:
                found[name] = float(match[1]) if match else math.nan
            except ValueError:
                found[name] = math.nan
        if not (abs(found["lat_0"]) < 90.0 and abs(found["lon_0"]) <= 360.0):  # also false for NaN
            return cls()
        return cls(found["lat_0"], found["lon_0"])

    def geodetic(self, x_m: float, y_m: float, z_m: float) -> Geodetic:
        """Project a point back from the map, east and north of the origin [m]."""
        x, y = (min(max(value / RADIUS_M, -3.0), 3.0) for value in (x_m, y_m))
        north = y + math.radians(self.latitude_deg)
        latitude = math.asin(math.sin(north) / math.cosh(x))
        longitude = math.radians(self.longitude_deg) + math.atan2(math.sinh(x), math.cos(north))
        return Geodetic(math.degrees(latitude), math.degrees(longitude), z_m)


@dataclass(frozen=True)
class GnssNoise:
    """Biases and standard deviations: latitude, longitude [deg], altitude [m]."""

    bias: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (0.0, 0.0, 0.0)


class Gnss:
    """A receiver; the seed and the number of the measurement decide its noise."""

    def __init__(self, reference: GeoReference, noise: GnssNoise | None = None, seed: int = 0) -> None:
        self.reference = reference
        self.noise = noise or GnssNoise()
        self._seed = seed
        self._count = 0

    def measure(self, x_m: float, y_m: float, z_m: float) -> Geodetic:
        """Measure at a point of the map [m]."""
        random = np.random.default_rng([self._seed, self._count, 0x676E_7373])
        self._count += 1
        true = self.reference.geodetic(x_m, y_m, z_m)
        noise = random.standard_normal(3) * np.array(self.noise.deviation) + np.array(self.noise.bias)
        return Geodetic(
            true.latitude_deg + float(noise[0]), true.longitude_deg + float(noise[1]), true.altitude_m + float(noise[2])
        )
