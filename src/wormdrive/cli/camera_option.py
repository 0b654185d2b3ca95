"""The option ``--camera``: a camera as NAME=VALUE pairs, such as ``width=320,height=160,fov=60,pitch=0.1``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["Camera", "parse_camera_option"]

Camera = Annotated[
    str | None,
    typer.Option(
        "--camera",
        metavar="NAME=VALUE,...",
        help="What differs from the usual camera: width, height [pixels], fov [degrees] across, x (forward), y (left), "
        "z (up) [m], pitch (down), yaw (left), roll [rad].",
        show_default="width=200,height=78,fov=100,x=0.5,y=0,z=1.4,pitch=0.1,yaw=0,roll=0",
    ),
]


def parse_camera_option(text: str | None) -> CameraConfig | None:
    """Read the option; ``None`` where it is not given. Names may bear their unit, as in ``CameraConfig``.

    Raises
    ------
    ArgumentError
        A name is unknown or stands there twice, a value is no number, or out of bounds.
    """
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera

    if text is None:
        return None
    fields = {field.partition("_")[0]: field for field in CameraConfig.__dataclass_fields__}
    fields |= {field: field for field in fields.values()}
    values: dict[str, float] = {}
    for pair in text.split(","):
        name, _, value = (part.strip() for part in pair.partition("="))
        field = fields.get(name)
        if field is None or field in values:
            names = dict.fromkeys(field.partition("_")[0] for field in fields.values())
            raise ArgumentError(
                f"--camera {text}: {pair!r}: allowed are NAME=VALUE, each name once, of {', '.join(names)}"
            )
        try:
            values[field] = int(value) if field in ("width", "height") else float(value)
        except ValueError:
            raise ArgumentError(f"--camera {text}: {pair!r}: allowed is a number") from None
    return parse_camera(values, "--camera")
