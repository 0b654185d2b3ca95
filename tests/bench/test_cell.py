from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import pytest
import torch

from wormdrive.bench import cell


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of hundreds of neurons take seconds to draw."""
    monkeypatch.setattr(cell, "UNITS", (5, 60))


def test_times_and_ratios(bench: Callable[[str], dict[str, Any]]) -> None:
    threads = torch.get_num_threads()
    told = bench("cell")
    assert torch.get_num_threads() == threads
    cells = ["LTC", "CfC", "torch LSTM 32 -> 64", "ncps LTC", "ncps CfC"]
    assert set(told["train_ms"]) == set(told["forward_ms"]) == set(cells)
    assert set(told["step_us"]) == {*cells, "LTC, numpy", "CfC, numpy"}
    assert all(value > 0 for part in ("train_ms", "forward_ms", "step_us") for value in told[part].values())
    wanted = {f"{c}_{part}" for c in ("ltc", "cfc") for part in ("train", "forward", "step", "step_numpy")}
    assert set(told["ratio_to_ncps"]) == set(told["ratio_to_lstm"]) == wanted
    step = told["step_us"]
    assert told["ratio_to_ncps"]["ltc_step"] == pytest.approx(step["ncps LTC"] / step["LTC"])
    assert told["ratio_to_ncps"]["cfc_step_numpy"] == pytest.approx(step["ncps CfC"] / step["CfC, numpy"])
    assert told["ratio_to_lstm"]["ltc_train"] == pytest.approx(
        told["train_ms"]["torch LSTM 32 -> 64"] / told["train_ms"]["LTC"]
    )
    kinds = ("CfC", "CfC, plain torch", "CfC with backbone", "ncps CfC", "ncps CfC with backbone")
    for part in ("train_ms", "forward_ms", "step_us"):
        assert set(told[f"{part}_by_units"]) == {f"{kind} {count}" for kind in kinds for count in (5, 60)}
    train = told["train_ms_by_units"]
    assert told["ratio_by_units"]["cfc_60_train_to_plain"] == pytest.approx(
        train["CfC, plain torch 60"] / train["CfC 60"]
    )
    assert told["ratio_by_units"]["cfc_60_train_to_ncps_backbone"] == pytest.approx(
        train["ncps CfC with backbone 60"] / train["CfC with backbone 60"]
    )
    assert len(told["ratio_by_units"]) == 2 * 3 * 3
    assert told["not_installed"] == []


def test_a_peer_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, bench: Callable[[str], dict[str, Any]]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ncps" else find(name))
    told = bench("cell")
    assert told["not_installed"] == ["ncps"]
    assert told["ratio_to_ncps"] == {}
    assert not any(name.startswith("ncps") for name in (*told["train_ms"], *told["train_ms_by_units"]))
    assert not any(name.endswith("ncps") for name in told["ratio_by_units"])
    assert "ltc_train" in told["ratio_to_lstm"]
