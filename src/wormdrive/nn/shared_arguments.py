"""Shared arguments: what several classes take is described once, by their base, and shown by ``help`` of each."""

from __future__ import annotations

import inspect
import re
from typing import Any

__all__ = ["describe_shared_arguments"]

_ARGUMENT = re.compile(r"^(\w+(?:, \w+)*):\n((?: {4}.*\n?)+)", flags=re.MULTILINE)


def describe_shared_arguments(kind: type[Any], base: type[Any]) -> None:
    """Put what the docstring of ``base`` says of its arguments where that of ``kind`` refers to them.

    The reference is an entry among ``kind``'s parameters: names of arguments, and "As for every ``Base``." below. So
    the docstring reads well in the source, too. Nothing happens without such an entry, or without docstrings.
    """
    if not kind.__doc__ or not base.__doc__:
        return
    told = inspect.cleandoc(kind.__doc__)
    for entry in _ARGUMENT.finditer(told):
        if entry[2].strip() == f"As for every ``{base.__name__}``.":
            wanted = set(entry[1].split(", "))
            described = _ARGUMENT.findall(inspect.cleandoc(base.__doc__) + "\n")
            shared = [f"{names}:\n{text}" for names, text in described if wanted & set(names.split(", "))]
            kind.__doc__ = told.replace(entry[0], "".join(shared))
            return
