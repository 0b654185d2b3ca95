"""FusedOperator: how a fused solver and its adjoint come before torch, once for all of them.

While ``torch.compile`` looks they are custom operators, which it takes as they are; otherwise a bare
``autograd.Function``, for a custom operator's ceremonies cost about as much as the work itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from wormdrive.agents.kernels.runners import transforming

__all__ = ["FusedOperator", "fusable"]


def fusable(inputs: Tensor, elapsed: Tensor, *, cuda: bool = False) -> bool:
    """Whether a kernel can stand in: float32 or float64, no gradient by elapsed time, no transform.

    On the CPU, or where there are kernels for ``cuda``, there.
    """
    return (
        (inputs.is_cpu or (cuda and inputs.is_cuda))
        and inputs.dtype in (torch.float32, torch.float64)
        and not (elapsed.requires_grad and torch.is_grad_enabled())
        and not transforming()
    )


class FusedOperator:
    """The operators ``wormdrive::name`` and ``wormdrive::name_backward``; gradients flow once.

    A solver's arguments are ``inputs`` (B, T, F), ``state`` (B, N), ``elapsed`` (B, T), the parameters, the network,
    the settings, and whether to ``keep`` a tape. It returns the states (B, T, N) after every sample and the tape.

    Parameters
    ----------
    name:
        Of the operator.
    solve:
        The solver.
    fake:
        The same for tensors without numbers: empty ones of the right shapes.
    adjoint:
        Of the loss's derivative by the states, the solver's arguments but ``keep``, and what it returned: returns the
        derivatives by inputs, state and each parameter.
    parameters, network, settings, tape:
        Names of what these consist of; settings are whole numbers, all else are tensors.
    device_types:
        Where it computes; None: anywhere.
    """

    def __init__(
        self,
        name: str,
        solve: Callable[..., tuple[Tensor, ...]],
        fake: Callable[..., tuple[Tensor, ...]],
        adjoint: Callable[..., list[Tensor]],
        *,
        parameters: Sequence[str],
        network: Sequence[str],
        settings: Sequence[str] = (),
        tape: Sequence[str],
        device_types: str | None = None,
    ) -> None:
        self._solve = solve
        tensors = ["inputs", "state", "elapsed", *parameters, *network]
        given = ", ".join([*(f"Tensor {one}" for one in tensors), *(f"int {one}" for one in settings)])
        made = ["Tensor states", *(f"Tensor {one}" for one in tape)]
        self._operator = torch.library.custom_op(
            f"wormdrive::{name}",
            solve,
            mutates_args=(),
            device_types=device_types,
            schema=f"({given}, bool keep) -> ({', '.join('Tensor' for _ in made)})",
        )
        backward_operator = torch.library.custom_op(
            f"wormdrive::{name}_backward",
            adjoint,
            mutates_args=(),
            device_types=device_types,
            schema=f"(Tensor d_states, {given}, {', '.join(made)}) -> Tensor[]",
        )

        def keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
            ctx.settings = inputs[len(tensors) : -1]
            ctx.save_for_backward(*inputs[: len(tensors)], *output)

        def gradients(ctx: Any, d_states: Tensor, adjoint: Callable[..., list[Tensor]]) -> tuple[Any, ...]:
            saved = ctx.saved_tensors
            d_inputs, d_state, *d_parameters = adjoint(
                d_states, *saved[: len(tensors)], *ctx.settings, *saved[len(tensors) :]
            )
            return d_inputs, d_state, None, *d_parameters, *(None for _ in (*network, *settings))

        @once_differentiable
        def backward(ctx: Any, d_states: Tensor, *_: Tensor | None) -> tuple[Any, ...]:
            return *gradients(ctx, d_states, backward_operator), None

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *arguments: Any) -> Tensor:
                output = solve(*arguments, True)
                keep(ctx, (*arguments, True), output)
                return output[0]

            @staticmethod
            @once_differentiable
            def backward(ctx: Any, d_states: Tensor) -> tuple[Any, ...]:
                return gradients(ctx, d_states, adjoint)

        def fake_adjoint(*arguments: Any) -> list[Tensor]:
            _, inputs, state, _, *rest = arguments
            return [like.new_empty(like.shape) for like in (inputs, state, *rest[: len(parameters)])]

        self._operator.register_fake(fake)
        backward_operator.register_fake(fake_adjoint)
        self._operator.register_autograd(backward, setup_context=keep)
        self._function = Function

    def __call__(self, tensors: Sequence[Tensor], network: Sequence[Tensor], *settings: int) -> Tensor:
        """Solve: inputs, state, elapsed and parameters, the network, settings -> states (B, T, N)."""
        keep = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
        if torch.compiler.is_compiling():
            states: Tensor = self._operator(*tensors, *network, *settings, keep)[0]
            return states
        if keep:
            function: Any = self._function
            return cast(Tensor, function.apply(*tensors, *network, *settings))
        return self._solve(*tensors, *network, *settings, keep)[0]
