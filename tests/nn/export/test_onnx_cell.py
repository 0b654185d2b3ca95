from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tests.nn.export.networks import ELAPSED, NETWORKS, expected, network
from tests.nn.parity import INPUTS
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_runtime_gives_what_torch_gives(name: str, tmp_path: Path) -> None:
    made = network(name)
    made.return_sequences = True
    session = onnxruntime.InferenceSession(made.to_onnx(tmp_path / "cell.onnx"), providers=["CPUExecutionProvider"])
    features = torch.randn(len(ELAPSED), 3, INPUTS, generator=torch.Generator().manual_seed(1))
    state: np.ndarray | None = None  # type: ignore[type-arg]
    for sample, elapsed, right, after in zip(features, ELAPSED, *expected(made, features), strict=True):
        state = np.zeros(after.shape, np.float32) if state is None else state
        feeds = {"features": sample.numpy(), "state": state, "elapsed": np.full(3, elapsed, np.float32)}
        outputs, state = session.run(None, feeds)
        np.testing.assert_allclose(outputs, right.numpy(), rtol=0, atol=5e-6)
        np.testing.assert_allclose(state, after.numpy(), rtol=0, atol=5e-6)


def test_the_file_says_what_it_is_and_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    made = network("cfc")
    first, second = made.to_onnx(tmp_path / "a.onnx"), made.to_onnx(tmp_path / "b.onnx")
    assert first.read_bytes() == second.read_bytes()
    told = {entry.key: entry.value for entry in onnx.load(first).metadata_props}
    assert told["kind"] == "CfC"
    assert json.loads(told["state"]) == list(made.neurons)
    with pytest.raises(ArgumentError, match=r"a\.onnx: exists; .* or overwrite=True to"):
        made.to_onnx(first)
    made.to_onnx(first, overwrite=True)
