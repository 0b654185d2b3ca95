from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError, EpisodeError, MissingPackageError
from wormdrive.training.episode_export import exporting
from wormdrive.training.episode_export.exporting import Format, export_episodes


class Told:
    """A progress that remembers."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, int]] = []
        self.done: list[int] = []

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.phases.append((phase, total))

    def advance(self, done: int, **figures: float) -> None:
        self.done.append(done)


def test_it_says_what_was_written_and_how_far_it_is(recorded: Path, tmp_path: Path) -> None:
    told = Told()
    done = export_episodes(recorded, "csv", tmp_path / "new" / "drives.csv", progress=told)
    assert (done.episodes, done.frames) == (2, 40)
    assert done.bytes == done.out.stat().st_size > 1000
    assert told.phases == [("export", 40)]
    assert told.done == [20, 40]
    assert [path.name for path in done.out.parent.iterdir()] == ["drives.csv"]
    one = export_episodes(recorded / "episode-000001.episode", "csv", tmp_path / "one.csv")
    assert (one.episodes, one.frames) == (1, 20)


def test_only_what_is_of_the_same_format_is_replaced(recorded: Path, tmp_path: Path) -> None:
    out = tmp_path / "drives.csv"
    out.write_text("old")
    with pytest.raises(ArgumentError, match="exists; allowed is another name, or overwrite=True"):
        export_episodes(recorded, "csv", out)
    export_episodes(recorded, "csv", out, overwrite=True)
    assert out.read_text() != "old"
    (tmp_path / "letters").mkdir()
    for to, path in (("lerobot", tmp_path / "letters"), ("csv", tmp_path / "letters"), ("minari", out)):
        with pytest.raises(ArgumentError, match=f"is no {to} data set to replace"):
            export_episodes(recorded, to, path, overwrite=True)


def test_what_fails_in_the_middle_leaves_the_old_and_nothing_else(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "drives.csv"
    out.write_text("old")

    def fail(_request: object, _out: Path, aside: Path) -> None:
        aside.write_text("half")
        raise EpisodeError("no more")

    monkeypatch.setattr(exporting, "FORMATS", {"csv": Format(fail)})
    with pytest.raises(EpisodeError, match="no more"):
        export_episodes(recorded, "csv", out, overwrite=True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("drives.csv", "old")]


def test_what_is_not_allowed(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="to='rlds': allowed are minari, lerobot, parquet, csv"):
        export_episodes(recorded, "rlds", tmp_path / "x")
    with pytest.raises(EpisodeError, match="no such folder"):
        export_episodes(tmp_path / "none", "csv", tmp_path / "x")
    broken = tmp_path / "broken.episode"
    broken.write_bytes((recorded / "episode-000000.episode").read_bytes()[:-9])
    with pytest.raises(EpisodeError, match=r"broken\.episode: "):
        export_episodes(broken, "csv", tmp_path / "x")


@pytest.mark.parametrize(("to", "module"), [("minari", "minari"), ("lerobot", "pyarrow"), ("parquet", "pyarrow")])
def test_a_missing_library_is_named_with_the_command(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str, module: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackageError, match=rf"^{module} is not installed: pip install 'wormdrive\[{to}\]'$"):
        export_episodes(recorded, to, tmp_path / "x-v0")
    assert list(tmp_path.iterdir()) == []
