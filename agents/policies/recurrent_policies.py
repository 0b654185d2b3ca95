"""The recurrent baselines as policies: the same eyes, another memory behind them.

Sizes follow the table of Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, Nature Machine
Intelligence 2, 642 (2020), which counts cell and read-out together; with 64 units on 32 features:

| kind | cell | read-out | sum | the paper's |
|---|---|---|---|---|
| ``lstm`` | 4 x (32 + 64) x 64 weights, 4 x 64 biases | 64 + 1 | 24,897 | 24,897 |
| ``ctrnn`` | (32 + 64) x 64 weights, 64 biases | 64 + 1 | 6,273 | 6,273 |
| ``gru``, ``gru_ode`` | 3 x (32 + 64) x 64 weights, 3 x 64 biases | 64 + 1 | 18,689 | - |

The paper's count of synapses is that of weights, the read-out's included: 24,640 for the LSTM. For the CT-RNN that
gives 6,208, and the paper prints 6,112; with 64 units, 32 features and 6,273 parameters in all no count of whole
blocks of weights gives that number, so its sum of parameters is what is kept here.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from torch import Tensor

from wormdrive.agents.cells.ctrnn import CTRNN
from wormdrive.agents.cells.gru import GRU, GRUODE
from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.cells.recurrent_cell import RecurrentCell
from wormdrive.agents.policies.policy import Policy, PolicyConfig, small_linear
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

if TYPE_CHECKING:
    from typing_extensions import Self  # typing has it from Python 3.11 on

__all__ = [
    "CTRNNPolicy",
    "CTRNNPolicyConfig",
    "GRUODEPolicy",
    "GRUODEPolicyConfig",
    "GRUPolicy",
    "GRUPolicyConfig",
    "LSTMPolicy",
    "LSTMPolicyConfig",
    "RecurrentPolicy",
    "RecurrentPolicyConfig",
]


class RecurrentPolicyConfig(PolicyConfig):
    """What the recurrent baselines have in common."""

    neurons: int = Field(default=64, ge=1, le=4096)

    @classmethod
    def paper(cls) -> Self:
        """78x200 RGB whitened, 79,420 head parameters, 64 units."""
        eyes = {"preprocess": PreprocessConfig.paper(), "head": HeadConfig.paper()}
        return cls.model_validate(eyes | {"auxiliary": False, "sample_period_s": 1.0 / 30.0})


class LSTMPolicyConfig(RecurrentPolicyConfig):
    """Long short-term memory."""

    kind: Literal["lstm"] = "lstm"


class GRUPolicyConfig(RecurrentPolicyConfig):
    """Gated recurrent units."""

    kind: Literal["gru"] = "gru"


class GRUODEPolicyConfig(RecurrentPolicyConfig):
    """Gated recurrent units that flow in time."""

    kind: Literal["gru_ode"] = "gru_ode"
    unfolds: int = Field(default=6, ge=1, le=64)


class CTRNNPolicyConfig(RecurrentPolicyConfig):
    """A continuous-time recurrent network; time constants in sample periods."""

    kind: Literal["ctrnn"] = "ctrnn"
    unfolds: int = Field(default=6, ge=1, le=64)
    time_constant: float = Field(default=1.0, ge=0.01, le=1e4, description="[sample periods]")
    learn_time_constants: bool = False


class RecurrentPolicy(Policy):
    """Head -> recurrent cell -> linear map of the units' activity -> curvature. The state is the cell's.

    Examples
    --------
    >>> import torch
    >>> policy = LSTMPolicy(LSTMPolicyConfig.paper())
    >>> sum(p.numel() for name, p in policy.named_parameters() if not name.startswith("head."))
    24897
    """

    config: RecurrentPolicyConfig

    def __init__(self, config: RecurrentPolicyConfig) -> None:
        super().__init__(config)
        self.cell = self._make_cell()
        self.output = small_linear(config.neurons)

    @abstractmethod
    def _make_cell(self) -> RecurrentCell:
        """Make the cell that the configuration asks for."""

    @property
    def state_size(self) -> int:
        """S: that of the cell."""
        return self.cell.state_size

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the units."""
        return tuple(f"unit_{i}" for i in range(self.config.neurons))

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        activity, state = self.cell(features, state, elapsed)
        return self.output(activity).squeeze(-1).float(), activity, state


class LSTMPolicy(RecurrentPolicy):
    """``RecurrentPolicy`` with an ``LSTM``; state (B, 128)."""

    config: LSTMPolicyConfig

    def _make_cell(self) -> LSTM:
        return LSTM(self.head.feature_count, self.config.neurons)


class GRUPolicy(RecurrentPolicy):
    """``RecurrentPolicy`` with a ``GRU``; state (B, 64)."""

    config: GRUPolicyConfig

    def _make_cell(self) -> GRU:
        return GRU(self.head.feature_count, self.config.neurons)


class GRUODEPolicy(RecurrentPolicy):
    """``RecurrentPolicy`` with a ``GRUODE``; state (B, 64)."""

    config: GRUODEPolicyConfig

    def _make_cell(self) -> GRUODE:
        return GRUODE(self.head.feature_count, self.config.neurons, self.config.unfolds)


class CTRNNPolicy(RecurrentPolicy):
    """``RecurrentPolicy`` with a ``CTRNN``; state (B, 64)."""

    config: CTRNNPolicyConfig

    def _make_cell(self) -> CTRNN:
        config = self.config
        return CTRNN(
            self.head.feature_count,
            config.neurons,
            config.unfolds,
            time_constant=config.time_constant,
            learn_time_constants=config.learn_time_constants,
        )
