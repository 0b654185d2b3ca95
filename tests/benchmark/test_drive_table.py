from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_row import COLUMNS
from wormdrive.benchmark.drive_table import DriveTable, concatenate, read_drives
from wormdrive.envs.common.errors import ArgumentError

letters = st.characters(exclude_categories=("C", "Z")) | st.sampled_from(' ,";')  # what a CSV file must quote, too
words = st.text(letters, min_size=1, max_size=12)
reals = st.floats(allow_nan=False, allow_infinity=False)
distances = st.floats(0.0, 1e300)
rows = st.builds(
    drive_row,
    model=words,
    recipe=words,
    seed=st.integers(0, 2**70),
    season=words,
    shift=st.just("") | words,
    rung=st.none() | reals,
    map=words,
    route=st.integers(0, 1000),
    success=st.booleans(),
    distance_m=distances,
    departure_distance_m=st.none() | distances,
    wheel_over_share=st.floats(0.0, 1.0),
    offset_mean_m=distances,
    digest=st.text("0123456789abcdef", min_size=1, max_size=64),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(held=st.lists(rows, max_size=6, unique_by=lambda row: row.key()))
def test_every_value_comes_back_to_the_bit(tmp_path: Path, held: list) -> None:
    file = tmp_path / "drives.csv"
    DriveTable(tuple(held)).write(file)
    back = read_drives(file)
    assert back == DriveTable(tuple(held))
    assert list(map(repr, back)) == list(map(repr, held))  # -0.0 equals 0.0, and truths equal numbers
    assert [path.name for path in tmp_path.iterdir()] == ["drives.csv"]


@pytest.fixture
def lines(tmp_path: Path) -> list[str]:
    DriveTable((drive_row(), drive_row(route=1, success=False, departure_distance_m=12.5))).write(tmp_path / "a.csv")
    return (tmp_path / "a.csv").read_text().splitlines()


def read(tmp_path: Path, lines: list[str]) -> DriveTable:
    file = tmp_path / "b.csv"
    file.write_text("\n".join(lines) + "\n")
    return read_drives(file)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("success", "2"),
        ("success", "True"),
        ("seed", "-1"),
        ("seed", "1_0"),
        ("seed", "٣"),
        ("distance_m", "far"),
        ("distance_m", "1_0.0"),
        ("distance_m", " 1.0"),
        ("distance_m", "nan"),
        ("distance_m", ""),
        ("wheel_over_share", "1.5"),
        ("digest", "xyz"),
        ("model", ""),
    ],
)
def test_a_bad_cell_is_named(tmp_path: Path, lines: list[str], column: str, cell: str) -> None:
    cells = lines[2].split(",")
    cells[list(COLUMNS).index(column)] = cell
    with pytest.raises(ArgumentError) as caught:
        read(tmp_path, [*lines[:2], ",".join(cells)])
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'b.csv'}, line 3, column {column}")
    assert message.endswith(f"allowed is {COLUMNS[column].allowed}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [lines[0].replace("model,", ""), *lines[1:]], "line 1: lacks columns 'model'"),
        (lambda lines: [lines[0] + ",colour", *lines[1:]], "line 1: has the unknown or repeated columns 'colour'"),
        (lambda lines: [lines[0] + ",model", *lines[1:]], "line 1: has the unknown or repeated columns 'model'"),
        (lambda lines: [*lines[:2], lines[2] + ",1"], "line 3: has 21 cells; allowed are 20"),
        (lambda lines: [*lines[:2], ""], "line 3: has 0 cells"),
        (lambda lines: [*lines, lines[1]], "model 'ncp', recipe 'blind', seed 0, .*, route 0: is there twice"),
        (lambda lines: [*lines[:2], '"' + lines[2]], "allowed is CSV"),
        (lambda lines: [], "no table; allowed is a line of columns"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, lines: list[str], change, message: str) -> None:
    with pytest.raises(ArgumentError, match=rf"b\.csv.*{message}"):
        read(tmp_path, change(lines))


def test_columns_may_stand_in_any_order(tmp_path: Path, lines: list[str]) -> None:
    turned = [",".join(reversed(line.split(","))) for line in lines]
    assert read(tmp_path, turned) == read(tmp_path, lines)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"no\.csv: cannot be read"):
        read_drives(tmp_path / "no.csv")
    (tmp_path / "bytes.csv").write_bytes(b"model\xff")
    with pytest.raises(ArgumentError, match="byte 5 is no UTF-8"):
        read_drives(tmp_path / "bytes.csv")


def test_packed_files_are_read_and_broken_ones_are_told(tmp_path: Path, lines: list[str]) -> None:
    packed = gzip.compress("\n".join(lines).encode())
    (tmp_path / "drives.csv.gz").write_bytes(packed)
    assert read_drives(tmp_path / "drives.csv.gz") == read(tmp_path, lines)
    for content in (b"model,recipe", packed[:-9], packed[:20] + b"banana" + packed[26:]):
        (tmp_path / "broken.csv.gz").write_bytes(content)
        with pytest.raises(ArgumentError, match=r"broken\.csv\.gz: .*; allowed is a whole gzip file"):
            read_drives(tmp_path / "broken.csv.gz")


def test_select_by_values_and_collections() -> None:
    table = DriveTable(tuple(drive_row(season=s, route=k) for s in ("summer", "autumn", "winter") for k in range(3)))
    assert len(table.select(season="winter")) == 3
    assert [row.route for row in table.select(season={"summer", "winter"}, route=(1, 2))] == [1, 2, 1, 2]
    assert len(table.select(rung=None)) == 9
    assert table.values("season") == ["summer", "autumn", "winter"]
    for call in (
        lambda: table.select(colour="red"),
        lambda: table.values("colour"),
        lambda: table.groups("route", "colour"),
    ):
        with pytest.raises(ArgumentError, match="column='colour': allowed are model, recipe"):
            call()


def test_groups_keep_every_row_and_its_order() -> None:
    table = DriveTable(tuple(drive_row(season=s, route=k) for k in range(3) for s in ("winter", "summer")))
    groups = table.groups("season", "weather")
    assert list(groups) == [("winter", "day"), ("summer", "day")]
    assert [row.route for row in groups["summer", "day"]] == [0, 1, 2]
    assert table.groups() == {(): table}


def test_concatenate_joins_and_refuses_a_drive_that_is_in_both() -> None:
    one, other = DriveTable((drive_row(),)), DriveTable((drive_row(route=1), drive_row(route=2)))
    assert [row.route for row in concatenate([one, other])] == [0, 1, 2]
    with pytest.raises(ArgumentError, match="route 0: is there twice"):
        concatenate([one, other, DriveTable((drive_row(success=False),))])
