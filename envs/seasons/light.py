"""Light: what colour sun, sky, clouds and fog have under a weather.

A small table of clear skies by the sun's altitude (linear light, fitted by eye to photographs in the manner of
Preetham, Shirley and Smits, "A Practical Analytic Model for Daylight", SIGGRAPH 1999), pulled towards an even grey
by clouds, rain, fog and dust. Nights are lifted to what a camera shows, not to what an eye measures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.ramp import mix, ramp, ramp_colour, smoothstep

if TYPE_CHECKING:
    from wormdrive.envs.seasons.conditions import Weather

__all__ = ["SkyLight", "sky_light"]

Colour = NDArray[np.float64]

# fmt: off
_ALTITUDE = (-18.0, -10.0, -5.0, 0.0, 5.0, 12.0, 24.0, 43.0, 90.0)  # [deg]
_SUN = np.array([
    (0, 0, 0), (0, 0, 0), (0, 0, 0), (.08, .028, .008), (.36, .165, .065), (.98, .63, .36),
    (1.6, 1.24, .86), (1.75, 1.60, 1.34), (1.85, 1.74, 1.52)])
_AMBIENT = np.array([
    (.012, .014, .022), (.016, .019, .034), (.034, .040, .072), (.062, .068, .112), (.098, .104, .156),
    (.23, .245, .30), (.38, .415, .47), (.36, .42, .52), (.37, .43, .54)])
_ZENITH = np.array([
    (.0045, .006, .013), (.006, .009, .024), (.013, .021, .068), (.025, .045, .138), (.045, .080, .205),
    (.11, .21, .45), (.19, .355, .67), (.14, .30, .66), (.12, .27, .63)])
_HORIZON = np.array([
    (.012, .014, .023), (.026, .024, .036), (.17, .095, .078), (.42, .205, .115), (.54, .30, .175),
    (.70, .545, .42), (.79, .79, .765), (.61, .73, .86), (.59, .71, .86)])
_CLOUD = np.array([
    (.014, .015, .021), (.020, .020, .031), (.11, .075, .095), (.32, .165, .155), (.46, .255, .215),
    (.82, .64, .55), (1.06, 1.02, .97), (.93, 1.02, 1.12), (.95, 1.04, 1.15)])
_GLOW = (0.0, 0.02, 0.35, 0.75, 0.90, 0.65, 0.35, 0.25, 0.20)
_DAYLIGHT = (0.016, 0.022, 0.045, 0.085, 0.16, 0.60, 0.95, 1.0, 1.0)  # of a grey sky, relative to noon's
# fmt: on
_GREY = np.array((0.71, 0.745, 0.80))
_DUST = np.array((0.62, 0.42, 0.24))
_TINT_LOW_SUN = np.array((1.05, 0.98, 1.02))


@dataclass(frozen=True, eq=False)
class SkyLight:
    """Colours (3,) in linear light, the rest relative; see ``appearance`` for meanings."""

    sun: Colour
    ambient: Colour
    zenith: Colour
    horizon: Colour
    cloud: Colour
    cloud_cover: float
    fog: Colour
    fog_beta: float
    glow: float
    glow_colour: Colour
    shadow: float
    stars: float


def sky_light(weather: Weather) -> SkyLight:
    """Light of one weather."""
    altitude = weather.sun_altitude_angle
    overcast = smoothstep(45.0, 100.0, weather.cloudiness)
    rain = weather.precipitation / 100.0
    fogginess = (weather.fog_density / 100.0) ** 1.6
    dust = weather.dust_storm / 100.0
    dim = 1.0 - 0.42 * rain * overcast

    sun = ramp_colour(altitude, _ALTITUDE, _SUN)
    ambient = ramp_colour(altitude, _ALTITUDE, _AMBIENT)
    horizon = ramp_colour(altitude, _ALTITUDE, _HORIZON)
    zenith = ramp_colour(altitude, _ALTITUDE, _ZENITH) * _rayleigh(weather.rayleigh_scattering_scale)
    cloud = ramp_colour(altitude, _ALTITUDE, _CLOUD)
    daylight = float(np.interp(altitude, _ALTITUDE, _DAYLIGHT))

    # blue twilight tints a grey sky; by day it is nearly neutral
    cold = smoothstep(14.0, -4.0, altitude)
    grey = daylight * dim * mix(_GREY, _GREY * np.array((0.80, 0.88, 1.22)), cold)
    veil = min(1.0, overcast + fogginess * 1.2)  # nothing of a clear sky is left at 1
    sun = sun * (1.0 - overcast) ** 1.6 * (1.0 - fogginess) ** 3 * (1.0 - 0.9 * dust)
    sun = sun + 0.14 * daylight * dim * veil
    ambient = mix(ambient, 0.98 * grey, veil)
    zenith = mix(
        mix(zenith, 0.84 * grey, overcast), 0.98 * grey, min(1.0, 1.6 * fogginess / (1.0 + weather.fog_falloff))
    )
    horizon = mix(horizon, 1.03 * grey, veil)
    cloud = mix(cloud, mix(0.94, 0.74, rain) * grey, overcast)

    haze = mix(horizon * np.array((0.99, 0.97, 0.96)), grey * 0.97, min(1.0, 0.25 + veil))
    dusty = daylight * _DUST
    ambient, zenith, horizon, haze = (mix(colour, dusty, 0.9 * dust) for colour in (ambient, zenith, horizon, haze))

    glow = (
        float(np.interp(altitude, _ALTITUDE, _GLOW)) * (1.0 - veil) ** 1.5 * (0.7 + 10.0 * weather.mie_scattering_scale)
    )
    return SkyLight(
        sun=sun,
        ambient=ambient,
        zenith=zenith,
        horizon=horizon,
        cloud=cloud,
        cloud_cover=ramp(weather.cloudiness, ((0, 0.0), (50, 0.95), (75, 0.85), (100, 0.30))) * (1.0 - 0.9 * fogginess),
        fog=haze,
        fog_beta=_extinction(weather, rain, dust),
        glow=float(min(glow, 2.0) * (1.0 - 0.8 * dust)),
        glow_colour=mix(np.array((1.0, 0.62, 0.30)), np.array((1.0, 0.92, 0.78)), smoothstep(2.0, 35.0, altitude)),
        shadow=0.92 * (1.0 - veil) ** 1.2 * smoothstep(-3.0, 9.0, altitude),
        stars=smoothstep(-6.0, -16.0, altitude) * (1.0 - veil) * (1.0 - weather.cloudiness / 100.0),
    )


def _rayleigh(scale: float) -> Colour:
    """Return the factor on the zenith's colour: 1 at the atmosphere's usual 0.0331, bluer and brighter above."""
    ratio = min(scale / 0.0331, 4.0)
    return np.array((0.75 + 0.25 * ratio, 0.60 + 0.40 * ratio, 0.35 + 0.65 * ratio))


def _extinction(weather: Weather, rain: float, dust: float) -> float:
    """Extinction of the air [1/m]; the daytime visibility is 3.9 over it (Koschmieder)."""
    clear = 0.0011 + 0.015 * weather.mie_scattering_scale
    fog = 0.045 * (weather.fog_density / 100.0) ** 1.6 * (0.6 + 0.4 * min(weather.scattering_intensity, 4.0))
    return float(clear + fog + 0.007 * rain + 0.03 * dust)
