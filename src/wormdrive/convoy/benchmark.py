"""Benchmark: train each kind of follower from several seeds, drive the course with each, and join the tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wormdrive.benchmark.provenance import Provenance
from wormdrive.convoy.config import MODELS, ConvoyTrainConfig, EyesConfig
from wormdrive.convoy.course import CONDITIONS, DURATION_S, ROUTES
from wormdrive.convoy.drive_row import ConvoyRow, read_rows, write_rows
from wormdrive.convoy.evaluation import drive_course, expert_driver, follower_driver
from wormdrive.convoy.frames import FollowerFrames
from wormdrive.convoy.storage import load_eyes, load_follower, save_eyes, save_follower
from wormdrive.convoy.training import Lesson, expert_frames, train_follower
from wormdrive.scenarios.folder_lock import locked_folder
from wormdrive.scenarios.folder_settings import require_same_settings
from wormdrive.training.progress import Progress, Silent

__all__ = ["FOLLOWER", "TABLE", "run_benchmark"]

FOLLOWER: Final = "follower.safetensors"
EYES: Final = "eyes.safetensors"
TABLE: Final = "drives.csv"
EXPERT: Final = "expert"


def run_benchmark(
    out: Path,
    seeds: int,
    *,
    models: Sequence[str] = tuple(MODELS),
    config: ConvoyTrainConfig = ConvoyTrainConfig(),  # noqa: B008  (frozen)
    routes: int = ROUTES,
    duration_s: float = DURATION_S,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[ConvoyRow]:
    """Do what is missing in ``out``; return all drives, the expert's first.

    A training or a course that was completed is not done again, so what was stopped goes on with the next one.

    Raises
    ------
    ArgumentError
        The folder holds a benchmark of another configuration, or somebody else is writing into it.
    """
    progress = progress or Silent()
    frames: FollowerFrames | None = None
    with locked_folder(out):
        settings = config.model_dump_json(indent=1, exclude={"seed"})
        driven = f"{routes} convoys of {duration_s:g} s under each of {', '.join(CONDITIONS)}"
        require_same_settings(out / "config.txt", f"{settings}\n{driven}\n")
        for seed in range(seeds):
            missing = [name for name in models if not (out / f"{name}-{seed}" / FOLLOWER).exists()]
            if not missing:
                continue
            own = config.model_copy(update={"seed": seed})
            frames = frames or expert_frames(own, EyesConfig(), threads=threads, progress=progress)
            file = out / f"eyes-{seed}" / EYES
            known = load_eyes(file) if file.exists() else None
            lesson = Lesson(own, eyes=known, frames=frames, threads=threads, progress=progress)
            if known is None:
                save_eyes(lesson.eyes, file)
            for name in missing:
                save_follower(train_follower(lesson, MODELS[name]), out / f"{name}-{seed}" / FOLLOWER)
        frames = None
        cells = [(name, seed) for seed in range(seeds) for name in models]
        rows = _driven(out / EXPERT / TABLE)
        if rows is None:
            rows = drive_course(
                expert_driver, EXPERT, 0, routes=routes, duration_s=duration_s, looking=False, progress=progress
            )
            write_rows(out / EXPERT / TABLE, rows)
        for name, seed in cells:
            folder = out / f"{name}-{seed}"
            mine = _driven(folder / TABLE)
            if mine is None:
                driver = follower_driver(load_follower(folder / FOLLOWER))
                mine = drive_course(
                    driver, name, seed, routes=routes, duration_s=duration_s, threads=threads, progress=progress
                )
                write_rows(folder / TABLE, mine)
            rows = rows + mine
        write_rows(out / TABLE, rows)
        Provenance.here().write(out / "provenance.json")
    return rows


def _driven(path: Path) -> list[ConvoyRow] | None:
    return read_rows(path) if path.exists() else None
