"""Metrics sinks: where the figures of a run go besides its journal: TensorBoard, Weights & Biases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.extras import import_extra

__all__ = ["MetricsSink", "TensorBoardSink", "WandbSink"]


class MetricsSink(Protocol):
    """Takes any figures by name, such as ``loss`` or ``closed_loop/success_rate``."""

    def write(self, seen: int, figures: Mapping[str, float]) -> None:
        """Note figures after ``seen`` frames of the whole run."""

    def close(self) -> None:
        """Write what is left."""


class TensorBoardSink:
    """TensorBoard's files in ``folder/tensorboard``; of a run taken up after ``seen`` frames, what was later is hidden.

    Raises
    ------
    MissingPackageError
        TensorBoard is not installed.
    """

    def __init__(self, folder: Path, seen: int) -> None:
        import_extra("tensorboard", "tensorboard")
        writer = import_extra("torch.utils.tensorboard", "tensorboard").SummaryWriter
        self._writer: Any = writer(str(folder / "tensorboard"), purge_step=seen + 1 if seen else None)

    def write(self, seen: int, figures: Mapping[str, float]) -> None:
        """Note figures after ``seen`` frames."""
        for name, value in figures.items():
            self._writer.add_scalar(name, value, seen)

    def close(self) -> None:
        """Write what is left."""
        self._writer.close()


class WandbSink:
    """A run of Weights & Biases, named after the folder, over the frames seen; one taken up again goes on in the same.

    It has the settings of the folder's ``config.json``. Where it is kept is said to it as ever: ``WANDB_PROJECT``,
    ``WANDB_MODE=offline`` and others.

    Raises
    ------
    MissingPackageError
        wandb is not installed.
    """

    def __init__(self, folder: Path, seen: int) -> None:
        wandb = import_extra("wandb", "wandb")
        known, settings = folder / "wandb.id", folder / "config.json"
        is_known = bool(seen) and known.is_file()
        self._run: Any = wandb.init(
            name=folder.resolve().name,
            dir=str(folder),
            config=json.loads(settings.read_text(encoding="utf-8")) if settings.is_file() else None,
            **({"id": known.read_text(encoding="utf-8").strip(), "resume": "allow"} if is_known else {}),
        )
        atomic_write(known, f"{self._run.id}\n".encode())
        self._run.define_metric("frames")
        self._run.define_metric("*", step_metric="frames")

    def write(self, seen: int, figures: Mapping[str, float]) -> None:
        """Note figures after ``seen`` frames."""
        self._run.log({"frames": seen, **figures})

    def close(self) -> None:
        """Send what is left."""
        self._run.finish()
