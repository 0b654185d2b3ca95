"""Usage: complaints about a command line take the form of all our errors, one line."""

from __future__ import annotations

from typing import Any, cast

import typer
from typer.core import TyperGroup

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Commands"]

# typer names only this one of its usage errors; its base is that of unknown commands, options and missing arguments
_UsageError = cast(type[Exception], typer.BadParameter.__base__)


class Commands(TyperGroup):
    """The top group; what typer would draw in a box, below the usage, becomes an ``ArgumentError``."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Parse what stands before the sub-command."""
        try:
            return super().make_context(*arguments, **more)
        except _UsageError as error:
            raise _ours(error) from None

    def invoke(self, ctx: Any) -> Any:
        """Parse the rest and run the sub-command."""
        try:
            return super().invoke(ctx)
        except _UsageError as error:
            raise _ours(error) from None


def _ours(error: Any) -> Exception:
    if type(error).__name__ == "NoArgsIsHelpError":  # not an error: the help was wanted
        return cast(Exception, error)
    where = error.ctx.command_path if error.ctx is not None else "wormdrive"
    words = " ".join(error.format_message().split())
    return ArgumentError(f"{words.rstrip('.')} (`{where} --help` shows what is allowed)")
