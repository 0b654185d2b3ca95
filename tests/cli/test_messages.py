"""Messages: what is refused is named, and what is allowed instead is said; over all commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli.parsing import parse_config
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.episodes.episode import episode_files
from wormdrive.scenarios.suite import load_suite
from wormdrive.training.config import RecordConfig
from wormdrive.training.export.c_source import write_c
from wormdrive.training.export.files import write_new
from wormdrive.training.export.network import read_network


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"length": 4}, "length=4: allowed is 16 or more, 20000 or less"),
        ({"disturbance": float("nan")}, "disturbance=nan: allowed is 0.0 or more, 3.0 or less"),
        ({"maps": "x"}, "maps='x': allowed is a list"),
        ({"season": "wintr"}, "season='wintr': allowed is 'summer', 'autumn', 'winter' or 'spring'"),
        ({"banana": 3}, "banana=3: unknown; allowed are maps, season"),
    ],
)
def test_settings_that_are_refused_say_what_is_allowed(values: dict[str, object], said: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        parse_config(RecordConfig, values, "file")
    assert str(refused.value).startswith(f"file: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "{name: small}",
            "conditions={}: allowed is at least one condition, ladder or set of factors, or one that is given",
        ),
        ("{ladders: {snow: {season: winter}}}", "ladders.snow.rungs: missing"),
        ("{name: small, maps: [highway], conditions: {winter: day}}", "conditions.winter='day': allowed is a list"),
        (
            "{name: small, maps: [highway], conditions: {winter: [day]}, route_length_m: .nan}",
            "route_length_m=nan: allowed is 20.0 or more, 20000.0 or less",
        ),
    ],
)
def test_suites_that_are_refused_say_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(text)
    with pytest.raises(ArgumentError) as refused:
        load_suite(file)
    assert str(refused.value) == f"suite {file}: {said}"


def test_a_file_is_not_called_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EpisodeError, match="file: a file, not a folder; allowed"):
        episode_files(tmp_path / "file")


def test_of_two_files_none_stays_when_the_second_fails(tmp_path: Path) -> None:
    (tmp_path / "in_the_way").write_text("")
    with pytest.raises(ArgumentError, match=r"policy\.c: cannot be written"):
        write_new({tmp_path / "policy.h": b"h", tmp_path / "in_the_way" / "policy.c": b"c"}, overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["in_the_way"]


def test_a_word_of_c_is_no_name() -> None:
    with pytest.raises(ArgumentError, match="name='int': a word of C; allowed is any other name"):
        write_c(read_network(load_policy("ncp")), "int")
