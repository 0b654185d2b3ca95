"""The stages of the demo: record, train, drive, report; what is done already is not done again."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from wormdrive.agents.policies.serialization import load_policy, shipped_policies
from wormdrive.cli.reporting import drive_suite, save
from wormdrive.cli.stages import Stages
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.candidate import Candidate, load_candidate, policy_candidate
from wormdrive.scenarios.folder_lock import locked_folder
from wormdrive.scenarios.report import summary
from wormdrive.scenarios.report.chapter import Chapter
from wormdrive.scenarios.suite import Suite
from wormdrive.scenarios.writing import write_text
from wormdrive.training.config import Recipe
from wormdrive.training.imitation import POLICY, train
from wormdrive.training.recorder import record

__all__ = ["Demo", "run_demo"]

SHIPPED = "ncp"
"""Name of the shipped weights that the demo drives beside its own."""

YOURS = "Your policy"
"""Name of the policy that the demo trains."""

_MARK = "demo.json"
_EPISODES = "episodes"
_RECORDED = "recorded.json"
_TRAINING = "training"
_REPORT = "report.html"
_OURS = (_EPISODES, _RECORDED, _TRAINING, _REPORT, "evaluation.json", _MARK)


@dataclass(frozen=True)
class Demo:
    """What to do: the recipe to train by, the suite to drive, another map to drive on, where to put it all."""

    recipe: Recipe
    suite: Suite
    road: Path | None
    out: Path
    threads: int


def run_demo(demo: Demo, stages: Stages, *, force: bool = False) -> list[Chapter]:
    """Run all stages and tell how each season went.

    Raises
    ------
    ArgumentError
        ``out`` holds something else than an unfinished demo with the same settings, and ``force`` is not set.
    MapError
        The other map cannot be read.
    """
    began = time.monotonic()
    if demo.road is not None:
        read_map(str(demo.road))
    with locked_folder(demo.out), computing_with(demo.threads):
        _prepare(demo, force)
        return _run(demo, stages, began)


def _run(demo: Demo, stages: Stages, began: float) -> list[Chapter]:
    stages.heading("1 of 4  An expert drives the summer road")
    frames = _record(demo, stages)
    stages.heading("2 of 4  Nineteen neurons learn from it")
    trained, took = _train(demo, stages)
    candidates = {trained: _origin(demo.recipe, frames) + took}
    if SHIPPED in shipped_policies():
        candidates[load_candidate(SHIPPED, "Shipped policy")] = "Its weights come with the package."
    else:
        stages.say("This package holds no shipped weights: only your policy is driven.")
    stages.heading("3 of 4  Four seasons, closed loop")
    chapters = [
        drive_suite(candidate, demo.suite, stages, demo.threads, film=True, note=note)
        for candidate, note in candidates.items()
    ]
    if demo.road is not None:
        there = _elsewhere(demo.suite, demo.road)
        chapters += [drive_suite(candidate, there, stages, demo.threads, film=False) for candidate in candidates]
    stages.heading("4 of 4  The report")
    report = save(demo.out, chapters, shlex.join(["wormdrive", *sys.argv[1:]]), stages)
    stages.end()
    _say_results(chapters, stages)
    stages.say(f"All of it took {_minutes(time.monotonic() - began)}. Look at {report}")
    return chapters


def _prepare(demo: Demo, force: bool) -> None:
    """Make sure that ``out`` is new or an unfinished demo of the same settings; ``force`` clears what it holds."""
    mark = demo.out / _MARK
    settings = json.dumps({"recipe": demo.recipe.model_dump(mode="json")}, indent=1, sort_keys=True) + "\n"
    if mark.exists():
        same = mark.read_text(encoding="utf-8", errors="replace") == settings
        finished = (demo.out / _REPORT).exists()
        if not force and (finished or not same):
            what = "a finished demo" if finished else "a demo with other settings"
            raise ArgumentError(f"out={demo.out}: holds {what}; allowed are another folder, or --force to start anew")
        if force:
            _clear(demo.out)
    elif any(demo.out.iterdir()):
        raise ArgumentError(f"out={demo.out}: holds something else than a demo; allowed is an empty or new folder")
    write_text(mark, settings)


def _clear(folder: Path) -> None:
    """Remove what a demo makes, and nothing else."""
    for name in _OURS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _record(demo: Demo, stages: Stages) -> int:
    """Let the expert drive, unless it has: the number of frames."""
    done = demo.out / _RECORDED
    with suppress(OSError, ValueError, KeyError, TypeError):
        frames = int(json.loads(done.read_text(encoding="utf-8"))["frames"])
        stages.say("recorded already")
        return frames
    recording = record(demo.recipe.record, demo.out / _EPISODES, overwrite=True, threads=demo.threads, progress=stages)
    write_text(done, json.dumps(asdict(recording)) + "\n")
    stages.end()
    stages.say(f"{recording.episodes} drives, {recording.frames:,} frames, {recording.distance_m / 1000:.1f} km")
    return recording.frames


def _train(demo: Demo, stages: Stages) -> tuple[Candidate, str]:
    """Train, or go on training, unless that is done: the policy, and in words how long it took if all was done now."""
    folder = demo.out / _TRAINING
    if (folder / POLICY).exists():
        stages.say("trained already")
        return policy_candidate(load_policy(folder / POLICY), YOURS), ""
    afresh, began = not folder.exists(), time.monotonic()
    policy = train(demo.recipe.train, demo.out / _EPISODES, folder, resume=True, threads=demo.threads, progress=stages)
    stages.end()
    stages.say(f"the policy lies in {folder / POLICY}")
    took = f" Training took {_minutes(time.monotonic() - began)}." if afresh else ""
    return policy_candidate(policy, YOURS), took


def _origin(recipe: Recipe, frames: int) -> str:
    """Say what the policy was trained on."""
    taught = recipe.record
    weathers = summary.listing(list(dict.fromkeys(taught.weathers)))
    drives = f"{taught.episodes} drives of an expert, {frames:,} frames"
    rounds = recipe.train.rounds
    beside = f", then {rounds} round{'s' * (rounds > 1)} of driving with the expert beside it" if rounds else ""
    return f"Trained here on {taught.season} {weathers} alone, from {drives}{beside}."


def _minutes(seconds: float) -> str:
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest:02d} s" if whole else f"{rest} s"


def _elsewhere(suite: Suite, road: Path) -> Suite:
    """Return the same conditions and seeds on another map."""
    there = suite.narrowed(maps=[str(road)])
    return there.model_copy(
        update={"name": road.stem, "description": f"The conditions of {suite.name} on {road.name}."}
    )


def _say_results(chapters: Sequence[Chapter], stages: Stages) -> None:
    """Say in words how each season went, and where each policy fails."""
    for chapter in chapters:
        evaluation = chapter.evaluation
        stages.heading(f"{evaluation.model} on {evaluation.suite}")
        for season in chapter.suite.conditions:
            stages.say(f"{season.capitalize()}: {summary.season_line(evaluation, season)}.")
        account = summary.account(evaluation)
        for line in (account.lead, *account.findings):
            stages.say(line)
