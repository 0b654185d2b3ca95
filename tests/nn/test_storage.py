from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.nn.parity import WIRINGS
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.nn import LRC, LTC, Bidirectional, CfC, LTCCell, Stacked, load, save
from wormdrive.nn.recurrent import RecurrentModule

F = 8
WIRING = Wiring.auto_ncp(F, 14, 3)
NETWORKS: dict[str, Callable[[], RecurrentModule]] = {
    "ltc": lambda: LTC(F, WIRING, return_sequences=False, input_mapping=None, ode_unfolds=3),
    "ltc of units": lambda: LTC(F, 5, mixed_memory=True),
    "cfc": lambda: CfC(F, WIRING, proj_size=2, batch_first=False),
    "cfc of ncps": lambda: CfC(F, WIRINGS["full, one motor"]()),
    "cfc on its wiring": lambda: CfC(F, WIRING, keep_to_wiring=True),
    "dense": lambda: CfC(F, 5, mode="pure", activation="silu", backbone_layers=2, backbone_dropout=0.1),
    "no backbone": lambda: CfC(F, 5, backbone_layers=0),
    "lrc": lambda: LRC(F, 4, elastance="asymmetric", ode_solver="semi_implicit"),
    "stacked": lambda: Stacked([Bidirectional(CfC(F, 3), LTC(F, WIRING)), LRC(6, 2)], 0.25, return_sequences=False),
}


def made(name: str) -> RecurrentModule:
    torch.manual_seed(0)
    return NETWORKS[name]()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_saved_comes_back(name: str, dtype: torch.dtype, tmp_path: Path) -> None:
    network = made(name).to(dtype)
    file = tmp_path / "folder" / "network.safetensors"
    network.save(file)
    state = torch.random.get_rng_state()
    for again in (type(network).load(file), load(file)):
        assert type(again) is type(network)
        assert not again.training
        assert again.config() == network.config()
        inputs = torch.randn(4, 4, F, dtype=dtype, generator=torch.Generator().manual_seed(1))
        for mine, right in zip(again(inputs)[0], network.eval()(inputs)[0], strict=True):
            assert torch.equal(mine, right)
    assert torch.equal(torch.random.get_rng_state(), state)
    before = file.read_bytes()
    save(again, file)
    assert file.read_bytes() == before


def test_another_kind_is_named(tmp_path: Path) -> None:
    made("ltc").save(tmp_path / "a")
    with pytest.raises(ModelError, match="a: a LTC: allowed is a CfC"):
        CfC.load(tmp_path / "a")


def test_what_cannot_be_saved_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="network: a LTCCell: allowed are LTC, CfC, LRC, Stacked, Bidirectional"):
        save(LTCCell(WIRING), tmp_path / "a")
    mixed = made("stacked")
    mixed.get_submodule("layers.1").double()
    with pytest.raises(ArgumentError, match=r"parameters of type torch.float32, torch.float64: allowed is one of"):
        mixed.save(tmp_path / "a")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ArgumentError, match="folder: cannot be written"):
        made("ltc").save(tmp_path / "folder")


def changed(file: Path, change: Callable[[dict[str, Any]], Any], tensors: Any = None) -> None:
    """Write the file anew with other words in it."""
    held = load_file(file)
    length = int.from_bytes(file.read_bytes()[:8], "little")
    told = json.loads(json.loads(file.read_bytes()[8 : 8 + length])["__metadata__"]["wormdrive-nn"])
    told = change(told) or told
    save_file(held if tensors is None else tensors(held), file, {"wormdrive-nn": json.dumps(told)})


def setting(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: told["network"].update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: [1], "no network of wormdrive.nn"),
        (lambda told: {"version": 1}, "no network of wormdrive.nn"),
        (lambda told: told.update(version=2), "version=2: allowed are 1"),
        (lambda told: told.update(dtype="torch.int8"), "dtype='torch.int8': allowed are torch.float32"),
        (lambda told: told.update(dtype=[]), r"dtype=\[\]: allowed are torch.float32"),
        (lambda told: told.update(dtype="torch.float64"), "is torch.float32 .*: allowed is torch.float64"),
        (lambda told: told.update(network=[]), "kind=.*: allowed are LTC"),
        (setting(kind="Linear"), "kind='Linear': allowed are LTC, CfC"),
        (setting(kind=["LTC"]), r"kind=\['LTC'\]: allowed are LTC, CfC"),
        (setting(kind="LTC"), "LTC: '.*' is unknown"),
        (setting(extra=1), "CfC: 'extra' is unknown"),
        (lambda told: told["network"].pop("mode") and None, "CfC: 'mode' is missing"),
        (setting(mode="fast"), "mode='fast': allowed are default"),
        (setting(mode={}), "mode={}: allowed are default"),
        (setting(units=6), "tensor .* is torch.float32 .*: allowed is"),
        (setting(units=4000), "units=4000: at least 4000 numbers: allowed are the"),
        (setting(units=4000, backbone_layers=0), "at least 16032000 numbers"),
        (setting(units=1e300), "units: a float: allowed are a whole number"),
        (setting(units={"neurons": [], "synapses": []}), "no sensory neuron"),
        (setting(units={"neurons": [[[], {}]], "synapses": []}), "neuron name"),
        (setting(units={**WIRING.to_json(), "layers": [[0, 1, 2]]}, backbone_units=None), "allowed is each of the 14"),
        (setting(units={**WIRING.to_json(), "layers": "abc"}, backbone_units=None), "layers: allowed are lists"),
        (setting(backbone_dropout="a lot"), "backbone_dropout='a lot'"),
        (setting(input_size=None), "input_size=None: allowed are 1 to 65536"),
        (setting(backbone_units=10**9), "backbone_units=1000000000: allowed are 1 to 65536"),
    ],
)
def test_hostile_words_are_refused(change: Callable[[dict[str, Any]], Any], words: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile"
    CfC(F, 5, backbone_units=7).save(file)
    changed(file, change)
    with pytest.raises(ModelError, match=rf"hostile: .*{words}"):
        load(file)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda held: dict(list(held.items())[1:]), "tensor '.*' is missing"),
        (lambda held: held | {"more": torch.zeros(1)}, "tensor 'more' is not part of this network"),
        (lambda held: {k: v[..., :-1].contiguous() for k, v in held.items()}, "allowed is torch.float32"),
        (lambda held: {k: v.half() for k, v in held.items()}, "is torch.float16"),
        (lambda held: {k: v * torch.nan for k, v in held.items()}, "holds NaN or infinity"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: Callable[[Any], Any], words: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile"
    CfC(F, 5, backbone_units=7).save(file)
    changed(file, lambda told: None, change)
    with pytest.raises(ModelError, match=rf"hostile: .*{words}"):
        load(file)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "broken"
    with pytest.raises(ModelError, match="broken: cannot be read"):
        load(file)
    made("cfc").save(file)
    whole = file.read_bytes()
    for content in (b"", b"hello", whole[:100], whole[:-1], b"\xff" * 64):
        file.write_bytes(content)
        with pytest.raises(ModelError, match="broken: not a safetensors file"):
            load(file)
    save_file({"a": torch.zeros(1)}, file, {"wormdrive-nn": "{"})
    with pytest.raises(ModelError, match="broken: wormdrive-nn: not JSON"):
        load(file)
    save_file({"a": torch.zeros(1)}, file)
    with pytest.raises(ModelError, match=r"broken: no network of wormdrive\.nn"):
        load(file)


def test_networks_in_networks_in_networks_end_somewhere(tmp_path: Path) -> None:
    file = tmp_path / "deep"
    Stacked([CfC(F, 2)]).save(file)

    def deepen(told: dict[str, Any]) -> None:
        for _ in range(200):
            told["network"] = {**told["network"], "layers": [told["network"]]}

    changed(file, deepen)
    with pytest.raises(ModelError, match="more than 8 in one another"):
        load(file)
