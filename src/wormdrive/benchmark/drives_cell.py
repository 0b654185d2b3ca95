"""Cells that drive somebody through a course, and the row that is kept of each drive."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.course import Course
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.metrics import before_departure_m, mean_abs, percentile_abs, share_beyond, whiteness
from wormdrive.scenarios.suite import Trial
from wormdrive.training.progress import Progress

__all__ = ["CourseCell", "DrivesCell", "Training", "drive_digest", "drive_row"]

DRIVES: Final = "drives.csv"


class Training(NamedTuple):
    """Who drove: the first columns of a row."""

    model: str
    recipe: str
    seed: int


class CourseCell(Cell):
    """Drive somebody over a course: ``drives.csv`` holds a row a drive."""

    course: Course
    threads: int
    tell_elapsed: bool = True

    @abstractmethod
    def candidate(self, results: Path) -> Candidate:
        """Put the driver behind the wheel."""

    @property
    @abstractmethod
    def training(self) -> Training:
        """Who drives."""

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Drive, anew if it was stopped."""
        candidate = self.candidate(results)
        most = self.course.most_drives
        progress.begin(self.label, most, "drives")
        driven: list[tuple[Trial, Drive]] = []
        while coming := self.course.coming([(trial, drive.success) for trial, drive in driven]):
            driven += zip(coming, self._drive(candidate, coming, len(driven), progress), strict=True)
        progress.advance(most)  # a course may end before
        DriveTable(tuple(self.row(*pair) for pair in driven)).write(aside / DRIVES)

    def _drive(self, candidate: Candidate, trials: Sequence[Trial], before: int, progress: Progress) -> Sequence[Drive]:
        with computing_with(1):  # a thread each
            return drive_candidate(
                candidate,
                [trial.scenario for trial in trials],
                embedded(),
                crews=self.threads,
                progress=lambda done, total, share: progress.advance(before + round(share * total)),
            )

    def row(self, trial: Trial, drive: Drive) -> DriveRow:
        """Sum up a drive of this cell."""
        return drive_row(self.training, self.course, trial, drive, tell_elapsed=self.tell_elapsed)

    def file(self, results: Path) -> Path:
        """Return where the table lies."""
        return results / self.name / DRIVES


class DrivesCell(CourseCell):
    """Drive a policy over a course.

    ``tell_elapsed``: whether the policy is told the time from frame to frame (``PolicyDriver``).
    """

    kind = "drives"

    def __init__(self, policy: PolicyCell, course: Course, *, threads: int = 1, tell_elapsed: bool = True) -> None:
        self.policy, self.course, self.threads, self.tell_elapsed = policy, course, threads, tell_elapsed
        self.needs = (policy,)

    @property
    def label(self) -> str:
        """Say who drives what."""
        return f"{self.policy.label}: {self.course.shift or 'conditions'}" + ("" if self.tell_elapsed else ", untold")

    def determined_by(self) -> Mapping[str, Any]:
        """Return what the course is, and that the policy is not told the time, if it is not."""
        return {**self.course.described, **({} if self.tell_elapsed else {"tell_elapsed": False})}

    def candidate(self, results: Path) -> Candidate:
        """Put the policy behind the wheel."""
        return self.policy.candidate(results, tell_elapsed=self.tell_elapsed)

    @property
    def training(self) -> Training:
        """The policy's training."""
        return Training(self.policy.config.model, self.policy.recipe, self.policy.config.seed)


def drive_row(training: Training, course: Course, trial: Trial, drive: Drive, *, tell_elapsed: bool = True) -> DriveRow:
    """Sum up a drive."""
    departed = drive.departure_index is not None
    return DriveRow(
        model=training.model,
        recipe=training.recipe,
        seed=training.seed,
        suite=course.suite,
        season=trial.season,
        weather=trial.weather,
        shift=trial.shift,
        rung=trial.rung,
        clock=tell_elapsed,
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
