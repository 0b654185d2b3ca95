from __future__ import annotations

import pytest
import torch

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.nn import LRC, LTC, CfC
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.recurrent import RecurrentModule

F, T = 4, 51


def reach(network: RecurrentModule, back: int) -> float:
    """How much the last output depends on the features of a sample that lies ``back`` samples behind it."""
    inputs = torch.randn(8, T, F, generator=torch.Generator().manual_seed(1)).requires_grad_()
    outputs, _ = network(inputs)
    (gradient,) = torch.autograd.grad(outputs[:, -1].sum(), inputs)
    return float(gradient[:, -1 - back].abs().max() / gradient.abs().max())


@pytest.mark.slow
@pytest.mark.parametrize("kind", [LTC, CfC, LRC])
def test_gradients_reach_further_back(kind: type[LiquidLayer]) -> None:
    """A liquid cell's fade by orders of magnitude; the memory's go on from sample to sample."""
    torch.manual_seed(0)
    wiring = Wiring.auto_ncp(F, 19, 1)
    plain, mixed = kind(F, wiring), kind(F, wiring, mixed_memory=True)  # type: ignore[call-arg]
    assert mixed.memory is not None
    with torch.no_grad():  # a memory that has learnt to keep what it holds
        mixed.memory.lstm.bias[19:38] += 4.0
    assert reach(mixed, 50) > 100 * reach(plain, 50)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [LTC, CfC, LRC])
def test_the_memory_writes_the_state_first_and_the_cell_moves_it_on(kind: type[LiquidLayer]) -> None:
    torch.manual_seed(0)
    network = kind(F, Wiring.auto_ncp(F, 12, 2), mixed_memory=True)  # type: ignore[call-arg]
    inputs, gaps = torch.randn(3, 5, F), torch.rand(3, 5)
    outputs, (state, memory) = network(inputs, timespans=gaps)
    assert network.memory is not None
    h = c = torch.zeros(3, 12)
    for t in range(5):
        _, both = network.memory.lstm(inputs[:, t : t + 1], torch.cat([h, c], 1))
        h, c = both.chunk(2, 1)
        bare = kind(F, Wiring.auto_ncp(F, 12, 2))  # type: ignore[call-arg]
        bare.load_state_dict({k: v for k, v in network.state_dict().items() if not k.startswith("memory.")})
        out, h = bare(inputs[:, t : t + 1], h, gaps[:, t : t + 1])
        torch.testing.assert_close(out[:, 0], outputs[:, t], rtol=0, atol=1e-6)
    torch.testing.assert_close(h, state, rtol=0, atol=1e-6)
    torch.testing.assert_close(c, memory, rtol=0, atol=1e-6)
