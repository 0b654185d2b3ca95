"""The page: evaluations, drives and videos made into one self-contained ``report.html``."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.report import summary
from wormdrive.scenarios.report.chapter import Chapter
from wormdrive.scenarios.report.network import activity_plot, wiring_svg
from wormdrive.scenarios.report.pictures import data_uri, filmstrip_webp, saliency_pictures, webm
from wormdrive.scenarios.report.plots import distance_plot, maps_plot, offset_plot, success_plot
from wormdrive.scenarios.report.svg_style import OFFSET_BOUNDS_M
from wormdrive.scenarios.report.templates import page_environment, style_sheet
from wormdrive.scenarios.report.versions import versions
from wormdrive.scenarios.video import DriveVideo
from wormdrive.scenarios.writing import write_text

with needs_extra("report"):
    from markupsafe import Markup

__all__ = ["Chapter", "render", "write_report"]

_FOLDER = Path(__file__).parent


def write_report(file: Path, chapters: Sequence[Chapter], command: str) -> Path:
    """Write the page; see ``render``. Returns ``file``."""
    write_text(file, render(chapters, command))
    return file


def render(chapters: Sequence[Chapter], command: str) -> str:
    """Return the page as HTML: no address in it leads outside, styles, plots and videos lie within.

    Parameters
    ----------
    chapters:
        The models, the one that matters most first.
    command:
        The command line that makes this report again.

    Raises
    ------
    ArgumentError
        If there is no chapter.
    """
    if not chapters:
        raise ArgumentError("report: at least one evaluated model is wanted")
    environment = page_environment(_FOLDER)
    filters = {"percent": summary.percent, "interval": summary.interval, "thousands": _thousands,
               "km": summary.km_per_departure}  # fmt: skip
    environment.filters.update(filters)
    suites = list({chapter.suite.name: chapter.suite for chapter in chapters}.values())
    titles = [
        chapter.evaluation.model if len(suites) == 1 else f"{chapter.evaluation.model}, {chapter.suite.name}"
        for chapter in chapters
    ]
    evaluations = dict(zip(titles, [chapter.evaluation for chapter in chapters], strict=True))
    rows = chapters[0].evaluation.rows
    return environment.get_template("page.html.jinja").render(
        style=style_sheet(),
        suites=suites,
        command=command,
        versions=versions(),
        weathers=list(dict.fromkeys(row.weather for row in rows)),
        seasons=list(dict.fromkeys(row.season for row in rows)),
        offset_steps=_offset_steps(),
        success=_markup(success_plot(evaluations)),
        distance=_markup(distance_plot(evaluations)),
        chapters=[_view(k, chapter, titles[k]) for k, chapter in enumerate(chapters)],
    )


def _view(k: int, chapter: Chapter, title: str) -> dict[str, Any]:
    """Gather what the template wants to know of one chapter."""
    evaluation = chapter.evaluation
    by_season: dict[str, list[Drive]] = {}
    by_map: dict[str, list[Drive]] = {}
    for (season, _weather), drives in chapter.drives.items():
        by_season.setdefault(season, []).extend(drives)
        for drive in drives:
            by_map.setdefault(Path(drive.scenario.map).stem, []).append(drive)
    moving = next((video for video in chapter.videos if video.activity is not None), None)
    seasons = list(dict.fromkeys(row.season for row in evaluation.rows))
    return {
        "title": title,
        "evaluation": evaluation,
        "note": chapter.note,
        "verdict": summary.verdict(evaluation),
        "account": summary.account(evaluation),
        "season_lines": {season: summary.season_line(evaluation, season) for season in seasons},
        "films": _films(chapter.videos, moving=k == 0),
        "offsets": _markup(offset_plot(by_season, str(k))) if by_season else None,
        "maps": {
            summary.map_title(name): _markup(maps_plot(drives, summary.map_title(name), f"{k}-{i}"))
            for i, (name, drives) in enumerate(by_map.items())
        },
        "wiring": _markup(wiring_svg(chapter.wiring, chapter.effect)) if chapter.wiring is not None else None,
        "activity": _markup(activity_plot(moving.activity, chapter.wiring, moving.curvature, moving.dt_s, str(k)))
        if moving is not None and moving.activity is not None and chapter.wiring is not None
        else None,
        "activity_of": f"{moving.season}, {moving.weather}" if moving is not None else "",
    }


def _films(videos: Sequence[DriveVideo], *, moving: bool) -> dict[str, dict[str, Any]]:
    """Make all films of a chapter, by season; the encoder uses one processor for each."""
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(partial(_video, moving=moving), videos))
    return {video.season: film for video, film in zip(videos, made, strict=True)}


def _video(video: DriveVideo, *, moving: bool) -> dict[str, Any]:
    """Make a video's filmstrip and, if it shall move, its clips: only the first model's do, to spare space."""
    looks = None if video.saliency is None or not moving else saliency_pictures(video.frames, video.saliency)
    clips = [_clip(pictures, video.fps) for pictures in (video.frames, looks) if moving and pictures is not None]
    return {
        "clips": [clip for clip in clips if clip],
        "strip": data_uri(filmstrip_webp(video.frames, video.saliency), "image/webp"),
        "weather": video.weather,
        "seconds": len(video.frames) / video.fps,
        "end_reason": video.end_reason,
        "has_saliency": video.saliency is not None,
    }


def _clip(pictures: NDArray[np.uint8], fps: float) -> str:
    data = webm(pictures, fps)
    return "" if data is None else data_uri(data, "video/webm")


def _markup(text: str) -> Markup:
    """Mark our own drawing as safe; every text in it was escaped when it was drawn."""
    return Markup(text)  # noqa: S704


def _thousands(number: int) -> str:
    return f"{number:,}"


def _offset_steps() -> list[str]:
    bounds = [f"{bound:g}" for bound in OFFSET_BOUNDS_M]
    inner = [f"{low} to {high} m" for low, high in pairwise(bounds)]
    return [f"below {bounds[0]} m", *inner, f"above {bounds[-1]} m"]
