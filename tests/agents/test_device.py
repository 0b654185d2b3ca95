from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from wormdrive.agents.device import Placed, as_tensor_like, choose_device, repeatable, sent
from wormdrive.envs.common.errors import ArgumentError


def test_a_device_that_torch_does_not_have_is_refused_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_device("cpu") == torch.device("cpu")
    for name in ("gpu", "cuda:1", "", "meta"):
        with pytest.raises(ArgumentError, match=f"device='{name}': allowed are cpu, cuda"):
            choose_device(name)

    def without_driver(*_: object, **__: object) -> torch.Tensor:
        raise RuntimeError("Found no NVIDIA driver on your system. Please check\nthat you have one")

    monkeypatch.setattr(torch, "empty", without_driver)
    with pytest.raises(ArgumentError) as refused:
        choose_device("cuda")
    assert str(refused.value) == (
        f"device='cuda': torch {torch.__version__} says: Found no NVIDIA driver on your system. Please check; allowed "
        "are cpu, and cuda with a CUDA build of torch, a GPU and its driver"
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
@pytest.mark.slow
def test_without_cuda_it_is_refused() -> None:
    """By a process that sees no GPU, whether torch has CUDA or not."""
    code = "from wormdrive.agents.device import choose_device; choose_device('cuda')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert "ArgumentError: device='cuda': torch" in done.stderr


def test_convolutions_are_exact_for_a_while_and_then_as_before() -> None:
    def flags() -> tuple[bool, bool, bool]:
        cudnn = torch.backends.cudnn
        return cudnn.deterministic, cudnn.benchmark, cudnn.allow_tf32

    before = flags()
    with repeatable(torch.device("cuda")):
        assert flags() == (True, False, False)
        assert torch.backends.cuda.math_sdp_enabled()
        assert not torch.backends.cuda.flash_sdp_enabled()
    assert flags() == before
    assert torch.backends.cuda.flash_sdp_enabled()
    with repeatable(torch.device("cpu")):
        assert flags() == before


def test_what_is_on_the_cpu_is_not_sent_there() -> None:
    tensor = torch.arange(3.0)
    assert sent(tensor, torch.device("cpu")) is tensor
    assert sent(tensor, torch.device("meta")).is_meta


def test_numbers_and_tensors_take_type_and_device_of_another() -> None:
    like = torch.zeros(2, dtype=torch.float64)
    assert torch.equal(as_tensor_like(0.1, like), torch.tensor(0.1, dtype=torch.float64))
    assert torch.equal(as_tensor_like(torch.ones(3), like), torch.ones(3, dtype=torch.float64))
    assert as_tensor_like(2, like.to("meta")).is_meta


def test_constants_are_placed_once_and_serve_learning_even_when_driving_asked_first() -> None:
    placed = Placed([torch.arange(3), torch.ones(2)])
    with torch.inference_mode():
        index, ones = placed.on(torch.device("meta"))
    assert index.is_meta
    assert not ones.is_inference()
    assert placed.on(torch.device("meta"))[0] is index
    assert not placed.on(torch.device("cpu"))[1].is_meta
