"""Stacked and bidirectional networks, of any modules with the call of ``RecurrentModule``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from wormdrive.envs.common.errors import ArgumentError, is_real
from wormdrive.nn.recurrent import Part, RecurrentModule
from wormdrive.nn.samples import Samples
from wormdrive.nn.states import Sizes, State

__all__ = ["Bidirectional", "Stacked"]


class Stacked(RecurrentModule):
    """Layers, each of which hears the outputs of the one before; elapsed times are the same for all.

    ``hx`` is a tuple, a state for each layer. How inputs are laid out, and whether outputs of all samples are
    returned, is as the stack says; what its layers say of that plays no part.

    Parameters
    ----------
    layers:
        From the first; each takes as many features as the one before puts out.
    dropout:
        Share of the outputs of every layer but the last that is dropped while training.
    return_sequences, batch_first:
        As for ``LTC``.

    Raises
    ------
    ArgumentError
        There is no layer, one is something else or does not fit, or ``dropout`` is no number from 0 to below 1.

    Examples
    --------
    >>> from wormdrive.nn import LTC, CfC
    >>> rnn = Stacked([Bidirectional(CfC(8, 16), CfC(8, 16)), LTC(32, 5)])
    >>> output, hx = rnn(torch.zeros(2, 3, 8))
    >>> output.shape, hx[0][1].shape, hx[1].shape
    (torch.Size([2, 3, 5]), torch.Size([2, 16]), torch.Size([2, 5]))
    """

    def __init__(
        self,
        layers: Sequence[RecurrentModule],
        dropout: float = 0.0,
        *,
        return_sequences: bool = True,
        batch_first: bool = True,
    ) -> None:
        if (
            not isinstance(layers, Sequence)
            or not layers
            or not all(isinstance(one, RecurrentModule) for one in layers)
        ):
            raise ArgumentError("layers: allowed are one or more networks of wormdrive.nn")
        super().__init__(layers[0].input_size, return_sequences=return_sequences, batch_first=batch_first)
        for number, (below, layer) in enumerate(pairwise(layers), 1):
            if layer.input_size != below.output_size:
                raise ArgumentError(
                    f"layers[{number}]: input_size={layer.input_size}: allowed is {below.output_size}, what the layer "
                    "before puts out"
                )
        if not is_real(dropout) or not 0.0 <= dropout < 1.0:
            raise ArgumentError(f"dropout={dropout!r}: allowed are numbers from 0 to below 1")
        self.layers = nn.ModuleList(layers)
        self.dropout = nn.Dropout(float(dropout))

    @property
    def output_size(self) -> int:
        """Outputs of the last layer."""
        return self._each()[-1].output_size

    @property
    def state_sizes(self) -> Sizes:
        """Those of each layer."""
        return tuple(layer.state_sizes for layer in self._each())

    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, but for the layers."""
        return {
            "dropout": self.dropout.p,
            "return_sequences": self.return_sequences,
            "batch_first": self.batch_first,
        }

    def parts(self) -> dict[str, Part]:
        """Return the networks it is made of, by argument."""
        return {"layers": self._each()}

    def run(self, samples: Samples, state: State) -> tuple[Tensor, State]:
        """Compute outputs (B, T, M) after every sample, and the states after each sequence's last."""
        after: list[State] = []
        outputs = samples.inputs
        for number, (layer, own) in enumerate(zip(self._each(), state, strict=True)):
            outputs, own_after = layer.run(samples.with_inputs(self.dropout(outputs) if number else outputs), own)
            after.append(own_after)
        return outputs, tuple(after)

    def _each(self) -> list[RecurrentModule]:
        return [layer for layer in self.layers if isinstance(layer, RecurrentModule)]


class Bidirectional(RecurrentModule):
    """Two networks, one of which hears each sequence from its end; outputs side by side, ``hx`` a tuple of two.

    What comes out at a sample is what either knew after hearing it. Backwards, elapsed times are the gaps between the
    same samples; the first sample heard has that of the first. Padding stays behind either way.

    Parameters
    ----------
    forward_rnn, backward_rnn:
        Networks of the same ``input_size``.
    return_sequences, batch_first:
        As for ``LTC``; the last sample is the last one of the input, for both.

    Raises
    ------
    ArgumentError
        One of them is something else, both are the same object, or their sizes differ.
    """

    def __init__(
        self,
        forward_rnn: RecurrentModule,
        backward_rnn: RecurrentModule,
        *,
        return_sequences: bool = True,
        batch_first: bool = True,
    ) -> None:
        for name, value in (("forward_rnn", forward_rnn), ("backward_rnn", backward_rnn)):
            if not isinstance(value, RecurrentModule):
                raise ArgumentError(f"{name}: a {type(value).__name__}: allowed is a network of wormdrive.nn")
        if forward_rnn is backward_rnn:
            raise ArgumentError("backward_rnn: the same object as forward_rnn: allowed is another one")
        super().__init__(forward_rnn.input_size, return_sequences=return_sequences, batch_first=batch_first)
        if backward_rnn.input_size != self.input_size:
            raise ArgumentError(f"backward_rnn: input_size={backward_rnn.input_size}: allowed is {self.input_size}")
        self.forward_rnn, self.backward_rnn = forward_rnn, backward_rnn

    @property
    def output_size(self) -> int:
        """Outputs of both."""
        return self.forward_rnn.output_size + self.backward_rnn.output_size

    @property
    def state_sizes(self) -> Sizes:
        """Those of both."""
        return self.forward_rnn.state_sizes, self.backward_rnn.state_sizes

    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, but for the two in it."""
        return {"return_sequences": self.return_sequences, "batch_first": self.batch_first}

    def parts(self) -> dict[str, Part]:
        """Return the networks it is made of, by argument."""
        return {"forward_rnn": self.forward_rnn, "backward_rnn": self.backward_rnn}

    def run(self, samples: Samples, state: State) -> tuple[Tensor, State]:
        """Compute outputs (B, T, M) at every sample, and the states after the last sample that each has heard."""
        ahead, ahead_state = self.forward_rnn.run(samples, state[0])
        back, back_state = self.backward_rnn.run(samples.reversed(), state[1])
        return torch.cat([ahead, samples.backwards(back)], 2), (ahead_state, back_state)
