"""How commands are told who drives: MODEL, and ``--mount`` for networks of others; the same in every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from wormdrive.agents.policies.policy import Policy
    from wormdrive.scenarios.candidate import Candidate

__all__ = ["MODEL_HELP", "Mount", "load_audited", "load_candidates", "load_named_policy"]

MODEL_HELP: Final = (
    "A policy's folder, the name of shipped weights, `expert`, `module:factory` (code of yours), or an "
    ".onnx file with --mount."
)

Mount = Annotated[
    Path | None,
    typer.Option(
        "--mount", metavar="FILE", help="mount.yaml: what an .onnx file or a torch module sees, and what it says."
    ),
]


def load_candidates(models: Sequence[str], device: str = "cpu", mount: Path | None = None) -> list[Candidate]:
    """Find all MODELs.

    Raises
    ------
    ArgumentError, ModelError, UserCodeError
        As from ``load_candidate``; or there is a mount and nobody who uses it.
    """
    from wormdrive.agents.mounted.mount import load_mount
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.scenarios.candidate import load_candidate

    how = None if mount is None else load_mount(mount)
    candidates = [load_candidate(model, device=device, mount=how) for model in models]
    if how is not None and all(candidate.mount is None for candidate in candidates):
        named = ", ".join(candidate.name for candidate in candidates)
        raise ArgumentError(
            f"--mount {mount}: {named}: allowed with an .onnx file, or a module:factory of torch modules"
        )
    return candidates


def load_audited(models: Sequence[str], what: str, mount: Path | None = None) -> list[Policy]:
    """Find MODELs that see pictures, or the road, for ``what`` looks into them; networks of others are among them.

    Raises
    ------
    ArgumentError, ModelError, UserCodeError
        As from ``load_candidates``; or one cannot be looked into.
    """
    from wormdrive.scenarios.candidate import audited_policy

    return [audited_policy(candidate, what) for candidate in load_candidates(models, mount=mount)]


def load_named_policy(model: str, what: str) -> Policy:
    """Find a MODEL that must be a ``Policy``, because ``what`` looks inside of it.

    Raises
    ------
    ArgumentError, ModelError, UserCodeError
        As from ``load_candidate``; or it is none.
    """
    from wormdrive.scenarios.candidate import load_candidate, policy_of

    return policy_of(load_candidate(model), what)
