from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads.from_points import read_road_points

POINTS = [[0.0, 0.0], [40.5, 0.0], [80.0, -20.25]]


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "points"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(POINTS),
        json.dumps({"is_valid": True, "road_points": POINTS}),
        "x,y\n0,0\n40.5,0\n80,-20.25\n",
        "0,0\r\n40.5,0\r\n80,-20.25\r\n",
        "\ufeffid;Y;X\na;0;0\nb;0;40.5\nc;-20.25;80\n",
        "# a road\n\n0 0\n40.5   0\n80 -20.25",
        "x\ty\n0\t0\n40.5\t0\n80\t-20.25",
    ],
)
def test_points_are_read_from_json_and_from_any_csv(tmp_path: Path, text: str) -> None:
    points = read_road_points(written(tmp_path, text))
    np.testing.assert_array_equal(np.stack([points.x, points.y], axis=1), POINTS)
    assert points.width_m is None


@pytest.mark.parametrize("text", ["[[0, 0, 3], [9, 0, 3.5]]", "0,0,3\n9,0,3.5", "width,x,y\n3,0,0\n3.5,9,0"])
def test_a_third_number_is_the_width_of_a_lane(tmp_path: Path, text: str) -> None:
    points = read_road_points(written(tmp_path, text))
    assert points.width_m is not None
    assert points.width_m.tolist() == [3.0, 3.5]
    assert points.x.tolist() == [0.0, 9.0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[0, 0], [1, NaN]]", r"point 1: y=nan: allowed is a number from -1e\+06"),
        ("[[0, 0], [1, true]]", "point 1: y=True: allowed is a number"),
        ("[[0, 0], [1, 1e300]]", r"point 1: y=1e\+300: allowed is a number"),
        ("[[0, 0], [1]]", "point 1: 1 numbers: allowed are 2, as before"),
        ("[[0], [1]]", "point 0: 1 numbers: allowed are x, y and"),
        ("[[0, 0], 7]", "point 1: 7: allowed are x, y and"),
        ("[[0, 0]]", "1 points: allowed are 2 or more"),
        ("[]", "0 points: allowed are 2 or more"),
        ("[[0, 0],\n[1, 0}", "line 2: no JSON"),
        ('{"points": []}', "an object without 'road_points'"),
        ('{"road_points": 3}', "int: allowed is a JSON list"),
        ("[" * 100_000, "no JSON|allowed is a JSON list"),
        (f"[[0, 0], [1, {'9' * 5000}]]", "allowed is a JSON list|a number of thousands of digits|y=9"),
        ("[[0, 0, 3], [1, 0, 0.5]]", "point 1: width=0.5: allowed are 2 to 10 m"),
        ("x,y\n0,0\n5,north\n", "line 3: y='north': allowed is a number"),
        ("x,y\n0,0\n5,\n", "line 3: y='': allowed is a number"),
        ("0,0\n5,inf\n", "line 2: y=inf: allowed is a number"),
        ("lon,lat\n0,0\n", "line 1: columns lon, lat: allowed are x, y"),
        ("id,x,y\n1,0,0\n2,5\n", "line 3: 2 columns: allowed are 3 or more"),
        ("", "empty: allowed are columns x, y"),
        (b"0,0\n\xff,0\n", "line 2: no text: allowed is UTF-8"),
        ("1 2\n" * 20_001, "line 20001: allowed are 20,000 points at most"),
        (b" " * (16 * 2**20 + 1), "allowed are 16 MiB at most"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_what_is_allowed(
    tmp_path: Path, text: str | bytes, complaint: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ArgumentError, match=f"{re.escape(str(path))}: ({complaint})") as raised:
        read_road_points(path)
    assert len(str(raised.value)) < 300 + len(str(path))


@pytest.mark.parametrize("text", ["0,0\n5,0\n", "", "hello"])
def test_a_file_that_is_called_json_is_read_as_nothing_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.JSON"
    path.write_text(text)
    with pytest.raises(ArgumentError, match=r"points\.JSON: line 1: no JSON"):
        read_road_points(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="no such file"):
        read_road_points(tmp_path / "absent.json")
    with pytest.raises(ArgumentError, match="is not a regular file"):
        read_road_points(tmp_path)
