"""Cell that drives a policy through one shift of a suite, and the row that is kept of each drive."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.envs.roads import BUILTIN_MAPS
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.metrics import before_departure_m, mean_abs, percentile_abs, share_beyond, whiteness
from wormdrive.scenarios.suite import Suite, Trial
from wormdrive.training.progress import Progress

__all__ = ["Course", "DrivesCell", "drive_digest", "drive_row"]

DRIVES: Final = "drives.csv"


class Course:
    """One shift of a suite, by name, empty for the named conditions: what many policies drive, made once for all."""

    def __init__(self, suite: Suite, shift: str) -> None:
        self.suite, self.shift = suite.name, shift
        self.trials: Sequence[Trial] = suite.trials_of(shift)

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The scenarios, and of maps that are files their contents."""
        files = {trial.scenario.map for trial in self.trials} - set(BUILTIN_MAPS)
        scenarios = json.dumps([trial.scenario.model_dump(mode="json") for trial in self.trials], sort_keys=True)
        return {
            "suite": self.suite,
            "scenarios": hashlib.sha256(scenarios.encode()).hexdigest(),
            "maps": {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in sorted(files)},
        }


class DrivesCell(Cell):
    """Drive a policy over a course: ``drives.csv`` holds a row a drive."""

    kind = "drives"

    def __init__(self, policy: PolicyCell, course: Course, *, threads: int = 1) -> None:
        self.policy, self.course, self.threads = policy, course, threads
        self.needs = (policy,)

    @property
    def label(self) -> str:
        """Say who drives what."""
        return f"{self.policy.label}: {self.course.shift or 'conditions'}"

    def determined_by(self) -> Mapping[str, Any]:
        """Return what the course is."""
        return self.course.described

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Drive, anew if it was stopped."""
        progress.begin(self.label, len(self.course.trials), "drives")
        with computing_with(1):  # a thread each
            drives = drive_candidate(
                self.policy.candidate(results),
                [trial.scenario for trial in self.course.trials],
                embedded(),
                crews=self.threads,
                progress=lambda done, total, share: progress.advance(round(share * total)),
            )
        rows = [drive_row(self.policy, self.course, *pair) for pair in zip(self.course.trials, drives, strict=True)]
        DriveTable(tuple(rows)).write(aside / DRIVES)

    def file(self, results: Path) -> Path:
        """Return where the table lies."""
        return results / self.name / DRIVES


def drive_row(policy: PolicyCell, course: Course, trial: Trial, drive: Drive) -> DriveRow:
    """Sum up a drive."""
    departed = drive.departure_index is not None
    return DriveRow(
        model=policy.config.model,
        recipe=policy.recipe,
        seed=policy.config.seed,
        suite=course.suite,
        season=trial.season,
        weather=trial.weather,
        shift=trial.shift,
        rung=trial.rung,
        map=Path(trial.scenario.map).stem,
        route=trial.episode,
        success=drive.success,
        success_centre=drive.success_by_centre,
        distance_m=drive.distance_m,
        departure_distance_m=before_departure_m(drive.station_m, drive.wheel_beyond_m) if departed else None,
        wheel_over_share=share_beyond(drive.wheel_beyond_m),
        offset_p95_m=percentile_abs(drive.lateral_offset_m, 95.0),
        offset_mean_m=mean_abs(drive.lateral_offset_m),
        whiteness_degps=whiteness(np.degrees(drive.steer_angle_rad), drive.dt_s),
        digest=drive_digest(drive),
    )


def drive_digest(drive: Drive) -> str:
    """Return a digest of where a drive led, to the bit: its stations, offsets and wheel angles, and why it ended."""
    digest = hashlib.sha256(drive.end_reason.encode())
    for array in (drive.station_m, drive.lateral_offset_m, drive.steer_angle_rad):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:32]
