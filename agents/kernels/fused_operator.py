"""FusedOperator: how a fused solver and its adjoint come before torch, once for all of them.

While ``torch.compile`` looks they are custom operators, which it takes as they are; otherwise a bare
``autograd.Function``, for a custom operator's ceremonies cost about as much as the work itself.

The adjoint is a kernel, too, and has no derivative. Where one is wanted (``create_graph``), the plain torch reference
computes the gradients instead, and they can be differentiated again, any number of times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

__all__ = ["FusedOperator", "Reference"]


Reference = Callable[..., Tensor]
"""The plain torch reference, of inputs, state, elapsed and parameters."""


class FusedOperator:
    """The operators ``wormdrive::name`` and ``wormdrive::name_backward``, before torch as one function.

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
            def forward(ctx: Any, reference: Reference, *arguments: Any) -> Tensor:
                output = solve(*arguments, True)
                keep(ctx, (*arguments, True), output)
                ctx.reference = reference
                return output[0]

            @staticmethod
            def backward(ctx: Any, d_states: Tensor) -> tuple[Any, ...]:
                if not torch.is_grad_enabled():
                    return None, *gradients(ctx, d_states, adjoint)
                differentiated = 3 + len(parameters)
                tensors, wanted = ctx.saved_tensors[:differentiated], ctx.needs_input_grad[1:]
                found = _gradients_with_graph(ctx.reference, tensors, wanted, d_states)
                return None, *found, *(None for _ in (*network, *settings))

        def fake_adjoint(*arguments: Any) -> list[Tensor]:
            _, inputs, state, _, *rest = arguments
            return [like.new_empty(like.shape) for like in (inputs, state, *rest[: len(parameters)])]

        self._operator.register_fake(fake)
        backward_operator.register_fake(fake_adjoint)
        self._operator.register_autograd(backward, setup_context=keep)
        self._function = Function

    def __call__(
        self, reference: Reference, tensors: Sequence[Tensor], network: Sequence[Tensor], *settings: int
    ) -> Tensor:
        """Solve: inputs, state, elapsed and parameters, the network, settings -> states (B, T, N).

        ``reference`` computes the same from ``tensors``, for gradients that are differentiated again.
        """
        keep = torch.is_grad_enabled() and any(t.requires_grad for t in tensors)
        if torch.compiler.is_compiling():
            states: Tensor = self._operator(*tensors, *network, *settings, keep)[0]
            return states
        if keep:
            function: Any = self._function
            return cast(Tensor, function.apply(reference, *tensors, *network, *settings))
        return self._solve(*tensors, *network, *settings, keep)[0]


def _gradients_with_graph(
    reference: Reference, tensors: Sequence[Tensor], wanted: Sequence[bool], d_states: Tensor
) -> list[Tensor | None]:
    """Differentiate the reference at ``tensors``, so that what comes out depends on them and on ``d_states``."""
    with torch.enable_grad():
        # Views, for one of the tensors may have been computed from another, and each is to get its own share alone.
        views = [tensor.view_as(tensor) for tensor in tensors]
        chosen = [view for view, want in zip(views, wanted, strict=False) if want]
        found = iter(torch.autograd.grad(reference(*views), chosen, d_states, create_graph=True, allow_unused=True))
    return [next(found) if want else None for _, want in zip(views, wanted, strict=False)]
