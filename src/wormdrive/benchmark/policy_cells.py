"""Cells that make a policy: what the expert drove, and a training on it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wormdrive import __version__
from wormdrive.benchmark.cell import Cell
from wormdrive.scenarios.candidate import Candidate, load_candidate
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.imitation import POLICY, train
from wormdrive.training.progress import Progress
from wormdrive.training.recorder import record

__all__ = ["EpisodesCell", "PolicyCell"]

_EPISODES: Final = "episodes"
_RUN: Final = "run"
_LOG: Final = "journal.jsonl"


class EpisodesCell(Cell):
    """Record the expert: ``episodes`` holds the drives."""

    kind = "episodes"

    def __init__(self, config: RecordConfig, *, threads: int = 1) -> None:
        self.config, self.threads = config, threads

    @property
    def label(self) -> str:
        """Say what it is."""
        return "the expert's drives"

    def determined_by(self) -> Mapping[str, Any]:
        """Return the configuration, and the version whose code it runs in."""
        return {"version": __version__, "config": self.config.model_dump(mode="json")}

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Record, anew if it was stopped: it takes seconds."""
        record(self.config, aside / _EPISODES, overwrite=True, threads=self.threads, progress=progress)

    def folder(self, results: Path) -> Path:
        """Return where the drives lie."""
        return results / self.name / _EPISODES


class PolicyCell(Cell):
    """Train a policy on the expert's drives: ``policy`` holds it, ``journal.jsonl`` how it learnt.

    A training that was stopped goes on from its checkpoint. On another ``device`` than the CPU it comes to other bits,
    and so it has another name.
    """

    kind = "policy"

    def __init__(
        self, recipe: str, config: TrainConfig, episodes: EpisodesCell, *, threads: int = 1, device: str = "cpu"
    ) -> None:
        self.recipe, self.config, self.episodes, self.threads, self.device = recipe, config, episodes, threads, device
        self.needs = (episodes,)

    @property
    def label(self) -> str:
        """Say which training it is."""
        return f"{self.config.model}, {self.recipe}, seed {self.config.seed}"

    @property
    def group(self) -> str:
        """Return its own digest: all policies need the same episodes, which are recorded in seconds."""
        return self.digest

    def determined_by(self) -> Mapping[str, Any]:
        """Return the configuration, the version whose code it runs in, and the device, if it is not the CPU.

        Families of augmentation that are left out are not named, so that new ones rename nothing.
        """
        where = {} if self.device == "cpu" else {"device": self.device}
        config = self.config.model_dump(mode="json")
        config["augmentation"] = {name: value for name, value in config["augmentation"].items() if value}
        return {"version": __version__, "config": config, **where}

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        """Train, or go on."""
        run = aside / _RUN
        if not (aside / POLICY).exists():  # unless it was stopped between two of the last lines here
            train(
                self.config,
                self.episodes.folder(results),
                run,
                resume=True,
                threads=self.threads,
                device=self.device,
                progress=progress,
            )
            (run / _LOG).rename(aside / _LOG)
            (run / POLICY).rename(aside / POLICY)
        shutil.rmtree(run, ignore_errors=True)

    def folder(self, results: Path) -> Path:
        """Return where the policy lies."""
        return results / self.name / POLICY

    def candidate(self, results: Path, *, tell_elapsed: bool = True) -> Candidate:
        """Put the policy behind the wheel, on its device; ``tell_elapsed`` is its ``PolicyDriver``'s."""
        return load_candidate(self.folder(results), self.label, self.device, tell_elapsed=tell_elapsed)
