"""Disturbances: what goes wrong on a drive, with the camera, the car, the road and the weather; a part of the scenario.

Each kind is a small table of numbers, so that a path such as ``disturbances.blackout.duration_s`` names one. What is
random about a kind follows from the scenario's seed and the kind's own name: one kind more or less changes no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from wormdrive.envs.common.errors import ArgumentError, WormdriveError
from wormdrive.envs.seasons.frozen_model import FrozenModel

__all__ = [
    "IN_FLIGHT",
    "IN_THE_WORLD",
    "ON_THE_ROAD",
    "ArrivingSnow",
    "Blackout",
    "Blur",
    "Dirt",
    "Disturbances",
    "Drop",
    "Exposure",
    "FrameRate",
    "Freeze",
    "Glare",
    "Grip",
    "Gusts",
    "Latency",
    "Mount",
    "Noise",
    "Occlusion",
    "Ruts",
    "Speed",
    "Steering",
    "Wind",
    "require_kinds",
]


class _Disturbance(FrozenModel):
    error: ClassVar[type[WormdriveError]] = ArgumentError

    def __init_subclass__(cls, called: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.called = f"disturbances.{called}" if called else "disturbances"


class _Interruption(_Disturbance):
    """The first one begins within the first period, by the seed, and not with the first frame."""

    duration_s: float = Field(ge=0.0, le=60.0, description="of each [s], no longer than the period")
    period_s: float = Field(default=3.0, ge=0.1, le=60.0, description="from the beginning of one to the next [s]")

    @model_validator(mode="after")
    def _fits(self) -> _Interruption:
        if self.duration_s > self.period_s:
            raise ValueError(
                f"{self.called}.duration_s={self.duration_s!r}: allowed is up to period_s={self.period_s!r}"
            )
        return self


class Blackout(_Interruption, called="blackout"):
    """Frames come black."""


class Freeze(_Interruption, called="freeze"):
    """Frames come on time, but show what the last one before showed: nobody is told."""


class Drop(_Disturbance, called="drop"):
    """Frames are lost: no new one comes, and the last one stays."""

    probability: float = Field(ge=0.0, le=1.0, description="of each frame but the first [-]")


class FrameRate(_Disturbance, called="frame_rate"):
    """The camera takes frames at times of its own; in between the last one stays. Cars step at 30 Hz, flights at 10."""

    hz: float = Field(ge=1.0, le=30.0, description="frames a second [Hz]")
    jitter: float = Field(
        default=0.0, ge=0.0, le=1.0, description="share of a period within which a frame comes early or late [-]"
    )


class Latency(_Disturbance, called="latency"):
    """Frames come late; until the second one comes, the first is there."""

    delay_s: float = Field(ge=0.0, le=2.0, description="from taking a picture to showing it, in whole steps [s]")


class Noise(_Disturbance, called="noise"):
    """Normal noise on every pixel and colour."""

    deviation: float = Field(ge=0.0, le=1.0, description="standard deviation; 1 is full scale [-]")


class Blur(_Disturbance, called="blur"):
    """The lens is out of focus."""

    sigma: float = Field(ge=0.0, le=50.0, description="of a Gaussian [pixel]")


class Glare(_Disturbance, called="glare"):
    """A bright veil that drifts over the picture."""

    strength: float = Field(ge=0.0, le=1.0, description="share of white where it is brightest [-]")


class Dirt(_Disturbance, called="dirt"):
    """Spots on the lens that stay where they are."""

    cover: float = Field(ge=0.0, le=1.0, description="share of the picture [-]")


class Occlusion(_Disturbance, called="occlusion"):
    """A dark patch moves across the picture; what leaves it on one side comes in on the other."""

    cover: float = Field(ge=0.0, le=1.0, description="share of the picture [-]")
    speed: float = Field(default=0.25, ge=-5.0, le=5.0, description="picture widths a second, positive right [1/s]")


class Exposure(_Disturbance, called="exposure"):
    """The exposure jumps."""

    stops: float = Field(ge=0.0, le=8.0, description="most, up or down [EV]")
    period_s: float = Field(default=1.0, ge=0.1, le=60.0, description="from one jump to the next [s]")


class Mount(_Disturbance, called="mount"):
    """The camera is knocked out of its place; offsets in ISO 8855's axes."""

    pitch_deg: float = Field(default=0.0, ge=-20.0, le=20.0, description="positive looks down [deg]")
    yaw_deg: float = Field(default=0.0, ge=-45.0, le=45.0, description="positive looks left [deg]")
    roll_deg: float = Field(default=0.0, ge=-10.0, le=10.0, description="positive leans to the right [deg]")
    height_m: float = Field(default=0.0, ge=-1.0, le=3.0, description="upwards [m]")
    at_s: float = Field(default=0.0, ge=0.0, le=3600.0, description="from when on [s]")


class Wind(_Disturbance, called="wind"):
    """Side wind on the body, at its centre of gravity."""

    steady: float = Field(default=0.0, ge=-10_000.0, le=10_000.0, description="force, positive pushes left [N]")
    gust: float = Field(default=0.0, ge=0.0, le=10_000.0, description="most that comes and goes besides [N]")


class Ruts(_Disturbance, called="ruts"):
    """Ruts, worn by cars that wandered in the lane, pull the car to their bottom."""

    depth_m: float = Field(ge=0.0, le=0.2, description="[m]")


class Steering(_Disturbance, called="steering"):
    """The steering is worn."""

    offset: float = Field(default=0.0, ge=-1.0, le=1.0, description="share of full lock, positive right [-]")
    play: float = Field(default=0.0, ge=0.0, le=1.0, description="dead travel at the wheel, share of full lock [-]")


class Grip(_Disturbance, called="grip"):
    """The road is slippery, and does not look it."""

    factor: float = Field(ge=0.1, le=1.0, description="of the road's friction; 0.1 is ice [-]")


class Speed(_Disturbance, called="speed"):
    """The cruise control wants another speed than 10 m/s; limits and bends still hold."""

    cruising_mps: float = Field(ge=3.0, le=40.0, description="wanted on an open road [m/s]")


class ArrivingSnow(_Disturbance, called="arriving_snow"):
    """Snow comes during the drive; its cover takes the place of ``season.snow_cover``, in steps of some metres."""

    first: float = Field(default=0.0, ge=0.0, le=1.0, description="cover of the road up to ``begin`` [-]")
    last: float = Field(default=1.0, ge=0.0, le=1.0, description="cover of the road from ``end`` on [-]")
    begin: float = Field(default=0.25, ge=0.0, le=1.0, description="share of the route where it begins to change [-]")
    end: float = Field(default=0.75, ge=0.0, le=1.0, description="share of the route where it has changed [-]")

    @model_validator(mode="after")
    def _forward(self) -> ArrivingSnow:
        if self.begin > self.end:
            raise ValueError(f"{self.called}.begin={self.begin!r}: allowed is up to end={self.end!r}")
        return self


class Gusts(_Disturbance, called="gusts"):
    """Gusts push a flight ahead, aside, up and round; cars have ``wind``."""

    strength: float = Field(ge=0.0, le=3.0, description="1 is what pushes the expert while it teaches [-]")


class Disturbances(_Disturbance):
    """What goes wrong on a drive or a flight; none by default.

    Light passes occlusion, dirt, glare, blur, exposure and noise in this order; a frame that is shown twice looks the
    same twice.

    >>> Disturbances(frame_rate={"hz": 5.0}, wind=Wind(gust=300.0)).kinds
    ('frame_rate', 'wind')

    Raises
    ------
    ArgumentError
        If a kind or a number of it is unknown, or a number out of bounds.
    """

    blackout: Blackout | None = None
    freeze: Freeze | None = None
    drop: Drop | None = None
    frame_rate: FrameRate | None = None
    latency: Latency | None = None
    noise: Noise | None = None
    blur: Blur | None = None
    glare: Glare | None = None
    dirt: Dirt | None = None
    occlusion: Occlusion | None = None
    mount: Mount | None = None
    exposure: Exposure | None = None
    wind: Wind | None = None
    ruts: Ruts | None = None
    steering: Steering | None = None
    grip: Grip | None = None
    speed: Speed | None = None
    arriving_snow: ArrivingSnow | None = None
    gusts: Gusts | None = None

    @classmethod
    def given(cls, disturbances: Disturbances | Mapping[str, Any] | None) -> Disturbances:
        """Return what environments are given as an argument: disturbances, a mapping by kind, or nothing.

        Raises
        ------
        ArgumentError
            If it is something else, or not allowed.
        """
        if isinstance(disturbances, Disturbances):
            return disturbances
        if disturbances is None:
            return cls()
        if not isinstance(disturbances, Mapping) or not all(isinstance(kind, str) for kind in disturbances):
            raise ArgumentError(f"disturbances={disturbances!r}: allowed are Disturbances, or a mapping by kind")
        return cls(**disturbances)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the kinds that there are."""
        return tuple(name for name, settings in self.__dict__.items() if settings is not None)

    def only(self, kinds: frozenset[str]) -> Disturbances:
        """Return those of some kinds."""
        return Disturbances(**{name: getattr(self, name) for name in self.kinds if name in kinds})

    @model_serializer(mode="wrap")
    def _without_nothing(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}


IN_THE_WORLD = frozenset({"mount", "wind", "ruts", "grip", "speed", "arriving_snow"})
"""Kinds that simulators do themselves; the others lie between a simulator and the driver: see
``envs.disturbances.disturbed_simulator``."""

IN_FLIGHT: Final = frozenset(
    {"blackout", "freeze", "drop", "frame_rate", "latency", "noise", "blur", "glare", "dirt", "occlusion", "exposure"}
    | {"gusts"}
)
"""Kinds that a flight can have."""

ON_THE_ROAD: Final = frozenset(Disturbances.model_fields) - {"gusts"}
"""Kinds that a drive can have."""


def require_kinds(disturbances: Disturbances, allowed: frozenset[str], whose: str) -> None:
    """See that all kinds are among those that ``whose`` (such as ``a flight``) can have.

    Raises
    ------
    ArgumentError
        If one is not: it is named.
    """
    for kind in disturbances.kinds:
        if kind not in allowed:
            possible = ", ".join(name for name in Disturbances.model_fields if name in allowed)
            raise ArgumentError(f"disturbances.{kind}: {whose} has none; allowed are {possible}")
