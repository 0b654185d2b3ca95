"""Attention of one policy on photos: what it would steer at each, and what in the picture makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.attention.maps import attention
from wormdrive.audit.attention.photos import Crop, as_camera, read_photo
from wormdrive.audit.attention.section import Checks, LookedAt, check_maps, looked_at
from wormdrive.audit.attention.seen_frames import frames_held
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = ["MOST_PHOTOS", "PhotoAttention", "measure_photos"]

MOST_PHOTOS = 200


@dataclass(frozen=True, eq=False)
class PhotoAttention:
    """What ``measure_photos`` found: each photo as the policy saw it, what of it was kept, and checks over all."""

    model: str
    kind: str
    camera: CameraConfig
    shown: tuple[LookedAt, ...]
    crops: tuple[Crop, ...]
    checks: Checks

    def to_json(self) -> dict[str, Any]:
        """Plain data, without the pictures."""
        return {
            "model": self.model,
            "kind": self.kind,
            "camera": asdict(self.camera),
            "photos": [
                {
                    "file": one.name,
                    "kept": asdict(crop),
                    "curvature": one.curvature,
                    "curvature_of_blurred": one.curvature_behind,
                }
                for one, crop in zip(self.shown, self.crops, strict=True)
            ],
            **self.checks.to_json(),
        }


def measure_photos(
    policy: Policy, files: Sequence[Path], *, model: str = "", horizon: float = 0.5, seed: int = 0
) -> PhotoAttention:
    """Show a policy photos, each held until its neurons have come up, and look where it looks.

    ``horizon``: where photos have theirs, as a share of their height from the top.

    Raises
    ------
    ArgumentError
        The policy has no eyes, there are no photos or too many, or one cannot be used: names it.
    """
    camera = policy.camera
    if camera is None:
        raise ArgumentError("model: it is told the road's state and has no eyes: allowed are policies that see")
    if not 1 <= len(files) <= MOST_PHOTOS:
        raise ArgumentError(f"images: {len(files)}: allowed are 1 to {MOST_PHOTOS}")
    if not 0.0 <= horizon <= 1.0:
        raise ArgumentError(f"horizon={horizon!r}: allowed is 0, the upper edge, to 1, the lower one")
    frames, crops = zip(*(as_camera(read_photo(file), camera, horizon) for file in files), strict=True)
    seen = frames_held(policy.eval(), np.stack(frames))
    found = attention(policy, seen)
    return PhotoAttention(
        model,
        policy.config.kind,
        camera,
        tuple(looked_at(policy, seen, found, [file.name for file in files])),
        tuple(crops),
        check_maps(policy, seen, found, seed=seed),
    )
