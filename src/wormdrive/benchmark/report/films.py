"""Films: one policy on one road from one start, in summer and in winter, side by side, and where a wheel left the lane.

A frame is drawn around the picture from the first departure of a wheel on; after a drive's end its last picture stays,
dimmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.report.evidence import TARGET, Evidence
from wormdrive.benchmark.report.words import LIQUID, model_title
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.candidate import Candidate, load_candidate
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.record_videos import EVERY, record_season_videos
from wormdrive.scenarios.report.pictures import data_uri, filmstrip_webp, webm
from wormdrive.scenarios.suite import Suite, load_suite

__all__ = ["Choice", "Film", "choose", "film", "films_of_benchmark", "films_of_policy"]

_BEFORE: Final = "summer"
_WEATHER: Final = "day"
_FRAME_RGB: Final = (235, 70, 20)
_FRAME_PX: Final = 4
_GAP_PX: Final = 4
_LONGEST_S: Final = 8.0
_AFTER_S: Final = 3.0
"""Shown after a departure in winter, where a film is shorter than its drive."""

_SPARSE: Final = 2
"""One picture of so many is in a film, to keep the page small."""

Frames = NDArray[np.uint8]


@dataclass(frozen=True)
class Choice:
    """Which training is filmed on which route."""

    recipe: str
    model: str
    seed: int
    route: int


@dataclass(frozen=True)
class Film:
    """Two drives to look at.

    ``clip`` is a ``data:`` address of a film, summer to the left of winter, empty where none can be encoded; ``strip``
    one of a picture: the same places in both, summer above winter.
    """

    recipe: str
    title: str
    words: str
    clip: str
    strip: str


def choose(evidence: Evidence) -> list[Choice]:
    """Choose for each recipe a training and a route.

    Of the first liquid model, or the first if there is none, the median training by winter success; the first route
    that it fails in winter by day, or the first if it fails none.
    """
    found = []
    for recipe in evidence.recipes:
        held = [model for model in evidence.models if (recipe, model) in evidence.winter]
        model = next((model for model in held if model in LIQUID), held[0])
        by_seed = evidence.winter[recipe, model].by_seed
        order = sorted(by_seed, key=lambda seed: (by_seed[seed], seed))
        seed = order[(len(order) - 1) // 2]
        driven = evidence.target.select(recipe=recipe, model=model, seed=seed, weather=_WEATHER)
        failed = [row.route for row in driven if not row.success]
        found.append(Choice(recipe, model, seed, min(failed, default=0)))
    return found


def films_of_benchmark(evidence: Evidence, results: Path, *, threads: int) -> list[Film]:
    """Film what ``choose`` chooses, with the trainings in the folder of ``wormdrive benchmark``.

    Raises
    ------
    ArgumentError
        The folder lacks a training, which is named, or the table's suite is unknown.
    """
    trained = {(cell.recipe, cell.config.model, cell.config.seed): cell for cell in evidence.benchmark.policies()}
    suite = _suite(evidence)
    made = []
    for choice in choose(evidence):
        cell = trained.get((choice.recipe, choice.model, choice.seed))
        if cell is None or not cell.is_done(results):
            raise ArgumentError(f"{results}: lacks {_named(choice, cell)}; allowed is a folder with that training")
        title = f"{model_title(choice.model)}, seed {choice.seed}"
        made.append(film(cell.candidate(results), suite, choice.route, choice.recipe, title, threads=threads))
    return made


def films_of_policy(evidence: Evidence, policy: str, *, threads: int) -> list[Film]:
    """Film a policy by its folder, or shipped weights by their name, on the first route.

    Raises
    ------
    ModelError
        There is no such policy.
    """
    return [film(load_candidate(policy), _suite(evidence), 0, "", Path(policy).name, threads=threads)]


def film(candidate: Candidate, suite: Suite, route: int, recipe: str, title: str, *, threads: int = 1) -> Film:
    """Drive one route of a suite by day in summer and in winter, and film it."""
    one = _single(suite, route)
    wanted = [one.scenarios((season, _WEATHER))[0] for season in (_BEFORE, TARGET)]
    drives = drive_candidate(candidate, wanted, embedded(threads))
    videos = record_season_videos(candidate, one, embedded(threads), weather=_WEATHER, seconds=60.0)
    shown = [_marked(video.frames, drive) for video, drive in zip(videos, drives, strict=True)]
    pictures = _side_by_side(shown, drives[1], videos[0].fps)[::_SPARSE]
    data = webm(pictures, videos[0].fps / _SPARSE)
    return Film(
        recipe,
        title,
        "; ".join(f"{season}: {_outcome(drive)}" for season, drive in zip((_BEFORE, TARGET), drives, strict=True)),
        "" if data is None else data_uri(data, "video/webm"),
        data_uri(filmstrip_webp(_same_places(shown, drives), None), "image/webp"),
    )


def _suite(evidence: Evidence) -> Suite:
    held = {suite.name: suite for suite in (load_suite(drives.suite) for drives in evidence.benchmark.drives)}
    return held[evidence.suite] if evidence.suite in held else load_suite(evidence.suite)


def _named(choice: Choice, cell: PolicyCell | None) -> str:
    label = f"{choice.model}, {choice.recipe}, seed {choice.seed}"
    return label if cell is None else f"{cell.name} ({label})"


def _single(suite: Suite, route: int) -> Suite:
    """Return a suite of one route of another."""
    moved = {
        "conditions": {_BEFORE: (_WEATHER,), TARGET: (_WEATHER,)},
        "episodes": 1,
        "maps": (suite.maps[route % len(suite.maps)],),
        "first_route_seed": suite.first_route_seed + route,
        "first_seed": suite.first_seed + route,
    }
    return suite.model_copy(update=moved)


def _marked(frames: Frames, drive: Drive) -> Frames:
    """Draw a frame around the pictures from a wheel's first departure on."""
    marked = frames.copy()
    if drive.departure_index is not None:
        late = marked[-(-drive.departure_index // EVERY) :]
        for edge in (np.s_[:, :_FRAME_PX], np.s_[:, -_FRAME_PX:], np.s_[:, :, :_FRAME_PX], np.s_[:, :, -_FRAME_PX:]):
            late[edge] = _FRAME_RGB
    return marked


def _at(frames: Frames, index: int) -> Frames:
    """Return a picture, or after the end the last one, dimmed."""
    if index < len(frames):
        return np.asarray(frames[index])
    return np.asarray(frames[-1] // 2)


def _side_by_side(shown: Sequence[Frames], winter: Drive, fps: float) -> Frames:
    """Lay both beside each other, picture by picture, around the departure in winter if there is one."""
    longest, window = max(map(len, shown)), round(_LONGEST_S * fps)
    at = winter.departure_index
    end = window if at is None else at // EVERY + round(_AFTER_S * fps)
    first = max(0, min(end, longest) - window)
    gap = np.zeros((shown[0].shape[1], _GAP_PX, 3), np.uint8)
    return np.stack(
        [
            np.concatenate([_at(shown[0], k), gap, _at(shown[1], k)], axis=1)
            for k in range(first, min(first + window, longest))
        ]
    )


def _same_places(shown: Sequence[Frames], drives: Sequence[Drive], count: int = 6) -> Frames:
    """Stack pictures taken at the same stations, summer above winter: (count, 2 H + gap, W, 3)."""
    stations = [drive.station_m[::EVERY] - drive.station_m[0] for drive in drives]
    places = np.linspace(0.0, max(float(held[-1]) for held in stations), count, endpoint=False)
    gap = np.zeros((_GAP_PX, shown[0].shape[2], 3), np.uint8)
    columns = []
    for place in places:
        upper, lower = (
            _at(frames, int(np.searchsorted(held, place))) for frames, held in zip(shown, stations, strict=True)
        )
        columns.append(np.concatenate([upper, gap, lower]))
    return np.stack(columns)


def _outcome(drive: Drive) -> str:
    at = drive.departure_index
    if drive.success:
        return "the whole route with all wheels in the lane"
    where = "" if at is None else f"a wheel leaves the lane after {drive.station_m[at] - drive.station_m[0]:.0f} m"
    if drive.success_by_centre:
        return f"{where}, the car's centre does not"
    end = f"the drive ends after {drive.distance_m:.0f} m"
    return f"{where}, {end}" if where else end
