from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.agents.mounted.onnx_files import mean_of_picture, write
from wormdrive.agents.mounted import onnx_network
from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.network import try_out
from wormdrive.agents.mounted.onnx_network import OnnxNetwork
from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.common.errors import ModelError
from wormdrive.training.export.exporting import export_onnx

PICTURE = np.full((1, 3, 78, 200), 0.25, np.float32)


def test_it_says_its_number(tmp_path: Path) -> None:
    network = OnnxNetwork(mean_of_picture(tmp_path / "mean.onnx", gain=2.0), Mount())
    assert network(PICTURE, None, 0.03) == (pytest.approx(0.5), None)
    assert network.numbers == 1


def test_a_recurrent_one_remembers_each_car_apart(tmp_path: Path) -> None:
    file = mean_of_picture(tmp_path / "sum.onnx", remembers=True)
    network = OnnxNetwork(file, parse_mount({"tensors": {"states": {"before": "after"}}}))
    said, state = network(PICTURE, None, 0.03)
    assert said == pytest.approx(0.25)
    assert network(PICTURE, state, 0.03)[0] == pytest.approx(0.5)
    assert network(PICTURE, None, 0.03)[0] == pytest.approx(0.25)
    with pytest.raises(ModelError, match=r"has the inputs \['image', 'before'\]: allowed is one picture"):
        OnnxNetwork(file, Mount())
    with pytest.raises(ModelError, match=r"has no input 'hidden', which the mount names; it has \['image', 'before'\]"):
        OnnxNetwork(file, parse_mount({"tensors": {"states": {"hidden": "after"}}}))


def test_what_we_export_drives_by_a_mount_too(tmp_path: Path) -> None:
    policy = build_policy({"kind": "ncp"})
    export_onnx(policy, tmp_path / "ncp.onnx")
    mount = parse_mount({
        "layout": "NHWC",
        "range": [0, 255],
        "tensors": {
            "states": {"state": "next_state"},
            "elapsed": "elapsed",
            "elapsed_unit_s": policy.config.sample_period_s,
        },
    })  # fmt: skip
    network = OnnxNetwork(tmp_path / "ncp.onnx", mount)
    frames = np.random.default_rng(0).integers(0, 256, (3, 1, 78, 200, 3), np.uint8)
    memory, state = policy.initial_state(1), None
    for frame in frames:
        curvature, memory = policy.act(frame, memory, 0.5)
        said, state = network(frame.astype(np.float32), state, 0.5 * policy.config.sample_period_s)
        assert said == pytest.approx(float(curvature[0]), abs=1e-5)


def test_what_does_not_fit_is_told_with_the_file(tmp_path: Path) -> None:
    file = mean_of_picture(tmp_path / "mean.onnx", ["batch", 3, 66, 200])
    with pytest.raises(ModelError, match=r"mean.onnx: input 'image' takes \['batch', 3, 66, 200\]; the mount makes"):
        OnnxNetwork(file, Mount())
    try_out(OnnxNetwork(file, Mount(size=(200, 66))), Mount(size=(200, 66)))
    several = helper.make_graph(
        [helper.make_node("ReduceMean", ["image"], ["said"], axes=[2, 3], keepdims=0)],
        "three",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 78, 200])],
        [helper.make_tensor_value_info("said", TensorProto.FLOAT, None)],
    )
    three = write(tmp_path / "three.onnx", several)
    with pytest.raises(ModelError, match=r"three.onnx: says 3 numbers a picture: allowed is one, or output.index"):
        try_out(OnnxNetwork(three, Mount()), Mount())
    chosen = parse_mount({"output": {"index": 2}})
    assert OnnxNetwork(three, chosen)(PICTURE, None, 0.03)[0] == pytest.approx(0.25)
    endless = OnnxNetwork(mean_of_picture(tmp_path / "nan.onnx", gain=float("nan")), Mount())
    with pytest.raises(ModelError, match=r"nan.onnx: said nan for a picture: allowed are finite numbers"):
        try_out(endless, Mount())


def test_files_that_are_no_models_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = mean_of_picture(tmp_path / "mean.onnx")
    packed = file.read_bytes()
    for name, content in (("empty", b""), ("noise", bytes(range(256)) * 9), ("half", packed[: len(packed) // 2])):
        bad = tmp_path / f"{name}.onnx"
        bad.write_bytes(content)
        with pytest.raises(ModelError, match=rf"{name}.onnx: (not an ONNX model|ONNX Runtime cannot use it)"):
            OnnxNetwork(bad, Mount())
    with pytest.raises(ModelError, match=r"none.onnx: cannot be read"):
        OnnxNetwork(tmp_path / "none.onnx", Mount())
    monkeypatch.setattr(onnx_network, "MAX_ONNX_BYTES", 100)
    with pytest.raises(ModelError, match=r"mean.onnx: more than 100 bytes"):
        OnnxNetwork(file, Mount())


def test_it_may_not_read_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(bytes(4))
    model = onnx.load(mean_of_picture(tmp_path / "mean.onnx"))
    (gain,) = model.graph.initializer
    gain.ClearField("raw_data")
    gain.data_location = TensorProto.EXTERNAL
    gain.external_data.add(key="location", value="secret")
    (tmp_path / "outside.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=r"outside.onnx: tensor 'gain' lies in another file"):
        OnnxNetwork(tmp_path / "outside.onnx", Mount())
