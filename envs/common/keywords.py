"""Keywords: constructors whose keywords stand in a class of options, for callers, editors and type checkers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

__all__ = ["takes_keywords_of"]

Keywords = ParamSpec("Keywords")
Options = TypeVar("Options")
Instance = TypeVar("Instance")


def takes_keywords_of(
    kind: Callable[Keywords, Options],
) -> Callable[[Callable[[Instance, Options], None]], Callable[Concatenate[Instance, Keywords], None]]:
    """Have a constructor take the fields of an options class as its keywords, for callers, editors and type checkers.

    A keyword that is none of them is a ``TypeError`` that names it and the constructor, as for any function.
    """

    def decorate(init: Callable[[Instance, Options], None]) -> Callable[Concatenate[Instance, Keywords], None]:
        @wraps(init)
        def init_from_keywords(self: Instance, /, *values: Keywords.args, **keywords: Keywords.kwargs) -> None:
            try:
                options = kind(*values, **keywords)
            except TypeError as error:
                raise TypeError(str(error).replace(f"{kind.__qualname__}.__init__", init.__qualname__)) from None
            init(self, options)

        instance = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        signature = inspect.Signature([instance, *inspect.signature(kind).parameters.values()], return_annotation=None)
        vars(init_from_keywords)["__signature__"] = signature  # what help() and interactive shells show
        return init_from_keywords

    return decorate
