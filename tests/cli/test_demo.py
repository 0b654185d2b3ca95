from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import torch
from rich.console import Console

from tests.scenarios.browser import chromium
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli import demo_stages
from wormdrive.cli.demo_stages import Demo, run_demo
from wormdrive.cli.stages import Stages
from wormdrive.envs.common.errors import ArgumentError, MapError
from wormdrive.scenarios.suite import load_suite
from wormdrive.training.config import Recipe


def tiny(out: Path, road: Path | None = None, seed: int = 0) -> Demo:
    learning = {"batch": 2, "window": 4, "steps": 4, "rounds": 1}
    rounds = {"round_episodes": 2, "round_length": 20, "round_steps": 2}
    record = {"episodes": 3, "length": 40, "seed": seed}
    recipe = Recipe.model_validate({"knows": ["winter"], "record": record, "train": {**learning, **rounds}})
    suite = load_suite("demo").narrowed(episodes=1, weathers=["day", "snowfall"], route_length_m=30.0)
    return Demo(recipe, suite, road, out, threads=1)


def told(demo: Demo, *, force: bool = False) -> str:
    """Run a demo on what is no terminal: what it said."""
    said = io.StringIO()
    with Stages(Console(file=said, width=120)) as stages:
        run_demo(demo, stages, force=force)
    return said.getvalue()


@pytest.mark.slow
def test_demo_from_nothing_to_a_report_that_opens(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    road = tmp_path / "elsewhere.xodr"
    from wormdrive.envs.roads import read_map

    road.write_text(read_map("suburb").text)
    said = told(tiny(out, road))
    assert "1 of 4" in said
    assert "4 of 4" in said
    for season in ("Summer", "Autumn", "Winter", "Spring"):
        assert f"{season}: " in said
    assert str(out / "report.html") in said.replace("\n", "")
    assert load_policy(out / "training" / "policy").state_size == 19
    found = json.loads((out / "evaluation.json").read_text())
    assert {one["suite"] for one in found} == {"demo", "elsewhere"}
    assert found[0]["model"] == "Your policy"
    assert found[0]["parameters"]["network"] == 1065
    assert (
        "Trained here on summer day alone, from 3 drives of an expert, 120 frames" in (out / "report.html").read_text()
    )
    assert len(found[0]["rows"]) == 5

    with pytest.raises(ArgumentError, match=r"finished demo.*--force"):
        told(tiny(out))
    (out / "report.html").rename(tmp_path / "report.html")
    with pytest.raises(ArgumentError, match=r"other settings.*--force"):
        told(tiny(out, seed=1))
    (tmp_path / "report.html").rename(out / "report.html")

    with chromium(tmp_path / "profile") as window:
        window.get((out / "report.html").as_uri())
        assert "Your policy" in window.find_element("tag name", "h1").text
        assert len(window.find_elements("css selector", "video")) == 8
        assert window.get_log("browser") == []


def test_a_demo_that_was_stopped_goes_on_to_the_same_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    def stop(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_stages, "drive_suite", stop)  # driving and reporting begin anew whenever they are stopped
    with pytest.raises(KeyboardInterrupt):
        told(tiny(tmp_path / "straight"))

    with monkeypatch.context() as patch:
        patch.setattr(demo_stages, "train", stop)
        with pytest.raises(KeyboardInterrupt):
            told(tiny(tmp_path / "stopped"))
    recorded = (tmp_path / "stopped" / "recorded.json").read_bytes()
    for stage in ("recorded already", "trained already"):
        said = io.StringIO()
        with pytest.raises(KeyboardInterrupt), Stages(Console(file=said)) as stages:
            run_demo(tiny(tmp_path / "stopped"), stages)
        assert stage in said.getvalue()
    assert (tmp_path / "stopped" / "recorded.json").read_bytes() == recorded

    one, other = (load_policy(tmp_path / name / "training" / "policy").state_dict() for name in ("straight", "stopped"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_demo_touches_nobody_elses_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    for force in (False, True):
        with pytest.raises(ArgumentError, match="something else than a demo"):
            told(tiny(tmp_path), force=force)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ArgumentError, match="not a folder"):
        told(tiny(file))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "thesis.tex"]


def test_demo_reads_the_map_before_anything_else(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="nowhere"):
        told(tiny(tmp_path / "out", tmp_path / "nowhere.xodr"))
    assert not (tmp_path / "out").exists()


def test_force_clears_what_the_demo_made_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "demo"
    (out / "episodes").mkdir(parents=True)
    (out / "episodes" / "old").write_text("")
    for name in ("demo.json", "report.html", "mine.txt"):
        (out / name).write_text("")

    def stop(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_stages, "record", stop)
    with pytest.raises(KeyboardInterrupt):
        told(tiny(out), force=True)
    assert sorted(path.name for path in out.iterdir()) == ["demo.json", "mine.txt"]
