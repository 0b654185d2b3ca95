"""Mount: what a network of others wants to see and what its number means, as data in a ``mount.yaml``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.validation_errors import describe_validation_error
from wormdrive.envs.common.yaml_file import read_yaml_table
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera

__all__ = ["Crop", "Mount", "NetworkOutput", "Tensors", "load_mount", "parse_mount"]

_LEAST_PIXELS = 8

Pixels = Annotated[int, Field(ge=0, le=8192)]
PerChannel = float | tuple[float, float, float]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Crop(_Frozen):
    """Pixels that are cut off each side of the camera's picture."""

    top: Pixels = 0
    bottom: Pixels = 0
    left: Pixels = 0
    right: Pixels = 0


class NetworkOutput(_Frozen):
    """What the network's number means.

    Attributes
    ----------
    quantity:
        ``curvature`` of the path to drive [1/m], ``steering_angle``, of the steering wheel or the road wheels (see
        ``steering_ratio``), or ``steer``, from -1 to 1, all the way to either side, as in CARLA's ``VehicleControl``.
    unit:
        Of an angle.
    positive:
        The side to which a positive number steers; unless said ``right`` for ``steer``, as in CARLA, else ``left``.
    scale:
        What the number is multiplied by first.
    steering_ratio:
        Angle of the steering wheel by that of the road wheels; 1 where the number is the road wheels' angle.
    index:
        Which number it is, counted from 0, of a network that says several.
    """

    quantity: Literal["curvature", "steering_angle", "steer"] = "curvature"
    unit: Literal["rad", "deg"] = "rad"
    positive: Literal["left", "right"] | None = None
    scale: Annotated[float, Field(gt=0.0, le=1e6)] = 1.0
    steering_ratio: Annotated[float, Field(ge=1.0, le=100.0)] = 1.0
    index: Annotated[int, Field(ge=0, lt=1 << 20)] | None = None

    @property
    def factor(self) -> float:
        """What to multiply the number by: it is positive to the left then, and angles are the road wheels' [rad]."""
        side = self.positive or ("right" if self.quantity == "steer" else "left")
        radians = math.pi / 180.0 if self.unit == "deg" else 1.0
        return (1.0 if side == "left" else -1.0) * self.scale * radians / self.steering_ratio

    @model_validator(mode="after")
    def _fits(self) -> NetworkOutput:
        if self.quantity != "steering_angle" and (self.unit, self.steering_ratio) != ("rad", 1.0):
            raise ValueError(f"unit and steering_ratio: allowed with a steering_angle only, not with {self.quantity}")
        return self


class Tensors(_Frozen):
    """Names of an ONNX file's inputs and outputs, where they do not go without saying.

    Attributes
    ----------
    image, output:
        The input that takes the picture, and the output with the number: else the first that are nothing else.
    states:
        Of a recurrent network: for every input that takes a state, the output that holds the next one. Zeros at first.
    elapsed:
        The input that takes the time since the picture before, in units of ``elapsed_unit_s`` [s].
    """

    image: str | None = None
    output: str | None = None
    states: dict[str, str] = {}
    elapsed: str | None = None
    elapsed_unit_s: Annotated[float, Field(gt=0.0, le=3600.0)] = 1.0


class Mount(_Frozen):
    """How a network of others sits in the car.

    A picture of ``camera`` is cropped, brought to ``colours`` and to ``size``, then numbers: 0 and 255 become the ends
    of ``range``, ``mean`` is taken away, and what is left divided by ``deviation``.

    Attributes
    ----------
    camera:
        Fields of ``CameraConfig``, as far as they differ from the usual camera.
    crop:
        Pixels to cut off before all else.
    size:
        Width and height of the picture that the network takes; unless said, what the crop leaves.
    resize:
        How pixels are brought to ``size``: OpenCV's ``area``, ``linear`` or ``nearest``.
    colours:
        ``RGB``, ``BGR``, ``YUV`` or ``grey``.
    layout:
        Order of the picture's axes, of which the first is always one picture.
    range, mean, deviation:
        As above; ``mean`` and ``deviation`` are a number, or one for each colour in the order of ``colours``.
    output:
        What its number means.
    wheelbase_m:
        Of the car from which a ``steering_angle`` was learnt [m]: the road is driven with the curvature that the angle
        gives there. Unless said, the wheels of the car that is driven take the angle as it is.
    delay_s:
        Time from the picture to when its number acts [s], rounded to whole steps; until then the car drives straight.
    tensors:
        Of an ONNX file only.
    """

    camera: CameraConfig = CameraConfig()
    crop: Crop = Crop()
    size: tuple[Annotated[int, Field(ge=1, le=4096)], Annotated[int, Field(ge=1, le=4096)]] | None = None
    resize: Literal["area", "linear", "nearest"] = "area"
    colours: Literal["RGB", "BGR", "YUV", "grey"] = "RGB"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    range: tuple[float, float] = (0.0, 1.0)
    mean: PerChannel = 0.0
    deviation: PerChannel = 1.0
    output: NetworkOutput = NetworkOutput()
    wheelbase_m: Annotated[float, Field(ge=0.5, le=20.0)] | None = None
    delay_s: Annotated[float, Field(ge=0.0, le=5.0)] = 0.0
    tensors: Tensors = Tensors()

    @field_validator("camera", mode="before")
    @classmethod
    def _camera(cls, value: Any) -> CameraConfig:
        if not isinstance(value, dict | CameraConfig):
            raise ValueError(f"a table of fields of a camera: {', '.join(CameraConfig.__dataclass_fields__)}")
        return parse_camera(value)

    @model_validator(mode="after")
    def _fits(self) -> Mount:
        width, height = self.cropped
        if width < _LEAST_PIXELS or height < _LEAST_PIXELS:
            raise ValueError(f"crop leaves {width}x{height} pixels: allowed are {_LEAST_PIXELS} or more either way")
        if self.range[0] >= self.range[1]:
            raise ValueError(
                f"range={list(self.range)}: allowed is what black becomes, then a greater number for white"
            )
        if self.colours == "grey" and (isinstance(self.mean, tuple) or isinstance(self.deviation, tuple)):
            raise ValueError("mean and deviation: allowed with grey pictures is one number")
        if any(value <= 0.0 for value in _each(self.deviation)):
            raise ValueError(f"deviation={self.deviation}: allowed are numbers above 0")
        if self.wheelbase_m is not None and self.output.quantity != "steering_angle":
            raise ValueError(f"wheelbase_m: allowed with a steering_angle only, not with {self.output.quantity}")
        return self

    @property
    def cropped(self) -> tuple[int, int]:
        """Width and height that the crop leaves."""
        crop, camera = self.crop, self.camera
        return camera.width - crop.left - crop.right, camera.height - crop.top - crop.bottom

    @property
    def picture_shape(self) -> tuple[int, ...]:
        """Shape of the one picture that the network takes, by ``layout``."""
        width, height = self.size or self.cropped
        channels = 1 if self.colours == "grey" else 3
        return (1, channels, height, width) if self.layout == "NCHW" else (1, height, width, channels)


def load_mount(file: str | Path) -> Mount:
    """Read a ``mount.yaml``.

    Raises
    ------
    ArgumentError
        It cannot be read or is no mount: names the file, the field, its value and what is allowed.
    """
    file = Path(file)
    return _validated(read_yaml_table("mount", file, Mount.model_fields), f"mount {file}")


def parse_mount(value: Any, argument: str = "mount") -> Mount:
    """Return a mount of itself, of a mapping of its fields, or of a YAML file's path; ``None`` is the default one.

    Raises
    ------
    ArgumentError
        It is nothing of all this.
    """
    if value is None:
        return Mount()
    if isinstance(value, Mount):
        return value
    if isinstance(value, str | Path):
        return load_mount(value)
    if isinstance(value, dict):
        return _validated(value, argument)
    raise ArgumentError(
        f"{argument}={value!r}: allowed are a Mount, a mapping of its fields, or the path of a YAML file"
    )


def _each(value: PerChannel) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _validated(values: dict[str, Any], what: str) -> Mount:
    try:
        return Mount.model_validate(values)
    except ValidationError as error:
        raise ArgumentError(f"{what}: {describe_validation_error(Mount, error)}") from error
