"""Chapter: what the report knows about one model on one suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.results import Evaluation
from wormdrive.scenarios.suite import Condition, Suite
from wormdrive.scenarios.video import DriveVideo

__all__ = ["Chapter"]


@dataclass(frozen=True, eq=False)
class Chapter:
    """What the report knows about one model on one suite.

    ``wiring`` and ``effect`` (E,) draw its network, see ``wiring_svg``; ``note`` says where the model comes from.
    """

    suite: Suite
    evaluation: Evaluation
    drives: Mapping[Condition, Sequence[Drive]] = field(default_factory=dict)
    videos: Sequence[DriveVideo] = ()
    wiring: Wiring | None = None
    effect: NDArray[np.floating] | None = None
    note: str = ""
