"""Calls come out of the stream whole, however it is cut; only a map may be long."""

from __future__ import annotations

import random
from typing import Any

import msgpack
import pytest

from tests.carla_server.raw_client import RawClient
from tests.support.carla_server import run_client
from wormdrive.carla_server.common.limits import MAX_MAP_MESSAGE, MAX_MESSAGE
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.sockets.call_reader import CallReader
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.roads import read_map


def packed(number: int, method: str, *arguments: Any) -> bytes:
    return bytes(msgpack.packb([0, number, method, [[False], *arguments]]))


def taken(reader: CallReader) -> list[Any]:
    calls = []
    while (call := reader.take()) is not None:
        calls.append(call)
    return calls


A_MAP = packed(7, "copy_opendrive_to_file", "<OpenDRIVE>" + 3 * MAX_MESSAGE * " ", [2.0, 50.0])


@pytest.mark.parametrize("seed", range(9))
def test_calls_of_all_sizes_in_pieces_of_all_sizes(seed: int) -> None:
    chance = random.Random(seed)
    calls = [packed(k, "version", chance.randbytes(chance.choice((0, 40, 5_000, 200_000)))) for k in range(12)]
    calls.insert(chance.randrange(13), A_MAP)
    stream, reader, found, at = b"".join(calls), CallReader(), [], 0
    largest = (900, 70_000, 2_000_000)[seed % 3]
    while at < len(stream):
        for _ in range(chance.randint(1, 3)):  # the reader is not always asked after each piece
            size = chance.randint(1, largest)
            reader.feed(stream[at : at + size])
            at += size
        found += taken(reader)
    assert [msgpack.packb(call) for call in found] == calls


@pytest.mark.parametrize("first", [1, 8, 34, 64, 2**17])
def test_a_long_map_is_known_by_its_beginning_however_little_comes_first(first: int) -> None:
    reader = CallReader()
    for piece in (A_MAP[:first], A_MAP[first : first + 9], A_MAP[first + 9 :]):
        assert reader.take() is None
        reader.feed(piece)
    assert len(reader.take()[3][1]) == len("<OpenDRIVE>") + 3 * MAX_MESSAGE


@pytest.mark.parametrize("before", [b"", packed(1, "version"), A_MAP])
def test_other_calls_and_longer_maps_than_announced_are_cut_off(before: bytes) -> None:
    long = packed(2, "set_weather_parameters", 2 * MAX_MESSAGE * "x")
    parts = packed(2, "copy_opendrive_to_file")[:-3] + b"\x92\x91\xc2\x93" + 3 * msgpack.packb(bytes(900_000))
    for endless in (long, parts):
        reader = CallReader()
        reader.feed(before + endless[:MAX_MESSAGE])
        taken(reader)
        reader.feed(endless[MAX_MESSAGE : MAX_MESSAGE + 2**16])
        with pytest.raises(SimulatorError, match="a call of more than 1048576 bytes"):
            taken(reader)


def test_nothing_is_longer_than_the_largest_map() -> None:
    reader = CallReader()
    reader.feed(packed(1, "copy_opendrive_to_file")[:-3] + b"\x92\x91\xc2\xdb\xff\xff\xff\xff")
    for _ in range(MAX_MAP_MESSAGE // 2**23):
        reader.feed(bytes(2**23))
        assert reader.take() is None
    with pytest.raises(SimulatorError, match="larger than the largest map"):
        reader.feed(bytes(2**23))


def test_a_map_of_three_megabytes_over_the_wire(server: CarlaServer) -> None:
    text = read_map("country_loop").text.replace("</OpenDRIVE>", f"<!--{3 * MAX_MESSAGE * ' '}--></OpenDRIVE>")
    with RawClient(server.port) as client:
        assert client.call("copy_opendrive_to_file", text, [2.0, 50.0, 1.0, 0.6, True, True, True]) == [[False]]


def test_the_real_client_brings_one(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
from wormdrive.envs.roads import read_map
text = read_map("highway").text.replace("</OpenDRIVE>", "<!--" + 3_000_000 * " " + "--></OpenDRIVE>")
world = client.generate_opendrive_world(text, carla.OpendriveGenerationParameters(2.0, 50.0, 1.0, 0.6, True, True))
result = len(world.get_map().to_opendrive()) - len(text)
client.load_world("suburb")
""",
        server.port,
    )
    assert result == 0
