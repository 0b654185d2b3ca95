"""Files as they come: blanks and text around the document, packed ones, encodings."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest

from tests.support.opendrive_text import opendrive, road
from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads import read_map, read_map_text
from wormdrive.envs.roads.opendrive import document

TEXT = opendrive(road(60.0))


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("map.xodr", data)
    return stream.getvalue()


@pytest.mark.parametrize("lead", ["\n", "  \r\n\t", "\ufeff", "\ufeff\n", "\0\0"])
def test_blanks_before_the_document_are_passed_over(lead: str) -> None:
    road_map = read_map_text(lead + TEXT, "t")
    assert road_map.problems == ()
    assert road_map.text == TEXT


@pytest.mark.parametrize("lead", ["made by a tool\n", "HTTP/1.1 200 OK\r\n\r\n", "<!-- licence -->\n"])
def test_text_before_the_document_is_noted(lead: str) -> None:
    road_map = read_map_text(lead + TEXT, "t")
    assert road_map.text == TEXT
    assert road_map.problems == (f"{lead.strip()!r} before the first element; passed over",)


@pytest.mark.parametrize("tail", ["\0", "\n\0\0\0", "\x1a", "\r\n\x1a\0"])
def test_nul_behind_the_document_is_noted(tail: str, tmp_path: Path) -> None:
    path = tmp_path / "map.xodr"
    path.write_bytes((TEXT + tail).encode())
    road_map = read_map(path)
    assert road_map.text == TEXT
    assert road_map.problems == ("NUL or Ctrl-Z behind the last element; passed over",)


def test_text_is_left_alone_otherwise() -> None:
    text = TEXT + "\n\n"
    assert document.trimmed(text) == (text, "")
    assert document.trimmed("") == ("", "")
    assert document.trimmed("no xml") == ("no xml", "")


def test_a_declaration_within_the_document_is_none() -> None:
    text = TEXT.replace('<?xml version="1.0"?>', "").replace("</OpenDRIVE>", "<!-- <?xml --></OpenDRIVE>")
    assert document.trimmed(text) == (text, "")


def test_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "map.xodr"
    path.write_bytes(gzip.compress(TEXT.encode()))
    assert read_map(path).text == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped(TEXT.encode()), "packed by ZIP: unpack it first"),
        (bz2.compress(TEXT.encode()), "packed by bzip2: unpack it first"),
        (lzma.compress(TEXT.encode()), "packed by xz: unpack it first"),
        (gzip.compress(TEXT.encode())[:-20], "its end is missing"),
        (gzip.compress(TEXT.encode())[:12] + b"\xff" * 50, "damaged gzip file"),
    ],
    ids=["zip", "bzip2", "xz", "cut gzip", "damaged gzip"],
)
def test_other_packers_are_named(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "map.xodr"
    path.write_bytes(data)
    with pytest.raises(MapError, match=reason):
        read_map(path)


def test_a_small_file_may_not_become_a_large_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 10_000)
    path = tmp_path / "map.xodr"
    path.write_bytes(gzip.compress(TEXT.encode() + b" " * 100_000))
    with pytest.raises(MapError, match="unpacked, it is larger than"):
        read_map(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-8"])
def test_encodings_are_known_without_a_declaration(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "map.xodr"
    path.write_bytes(opendrive(road(road_id="Straße")).encode(encoding))
    assert list(read_map(path).roads) == ["Straße"]
