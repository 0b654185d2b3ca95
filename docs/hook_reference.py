"""Make the reference's pages, when the site is built, of what the package says of itself.

Names and groups come from the table in the docstring of ``wormdrive`` and of ``wormdrive.nn``, so that a new public
name is in the reference as soon as it is described there; commands come from the command line itself.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import wormdrive
from wormdrive.cli.main import app

MODULES = ("errors", "nn")
"""Public names that are modules, and have a page of their own."""
LIBRARIES = ("ncps",)
"""Names that begin with a small letter wherever they stand."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those that lie in ``docs/``."""
    for path, text in reference_pages().items():
        files.append(File.generated(config, path, content=text))
    return files


def reference_pages() -> dict[str, str]:
    """Return path below ``docs/`` -> Markdown, with a directive of mkdocstrings for each public name."""
    errors = "\n".join(f"::: wormdrive.errors.{name}\n" for name in wormdrive.errors.__all__)
    return {
        "reference/wormdrive.md": f"# `wormdrive`\n\n{_head(wormdrive)}\n\n{_groups(wormdrive)}",
        "reference/nn.md": f"# `wormdrive.nn`\n\n{_head(wormdrive.nn)}\n\n{_groups(wormdrive.nn)}",
        "reference/errors.md": f"# `wormdrive.errors`\n\nEvery message names the file or argument, the value met and "
        f"what is allowed; the command line prints it in a line and ends with status 2.\n\n{errors}",
        "reference/commands.md": _commands(),
    }


def _head(module: Any) -> str:
    """Return what a module's docstring says above its table."""
    text = inspect.getdoc(module).split("\n====")[0].split("\n>>>")[0].strip()
    return _markdown(text.removesuffix(":") + "." * text.endswith(":"))


def _groups(module: Any) -> str:
    """Headings for the rows of the docstring's table, and the names below them; names of no row come last."""
    left = [name for name in module.__all__ if name not in MODULES]
    parts = []
    for group, text in _rows(inspect.getdoc(module)):
        named = [name for name in re.findall(r"``(\w+)``", text) if name in left]
        left = [name for name in left if name not in named]
        pages = [f"[`{module.__name__}.{name}`]({name}.md)" for name in MODULES if f"``{name}``:" in text]
        title = group if group in LIBRARIES else f"{group[0].upper()}{group[1:]}"
        parts += [f"## {title}\n", f"{_markdown(text)}\n", *(f"{page}\n" for page in pages)]
        parts += [_directive(module, name) for name in named]
    if left:
        parts += ["## More\n", *(_directive(module, name) for name in left)]
    return "\n".join(parts)


def _directive(module: Any, name: str) -> str:
    """Have mkdocstrings describe a name from its source; a signature that is made at run time is written here."""
    directive = f"::: {module.__name__}.{name}\n"
    signature = getattr(getattr(getattr(module, name), "__init__", None), "__signature__", None)
    if signature is None:
        return directive
    made = [parameter for own, parameter in signature.parameters.items() if own != "self"]
    lines = "".join(f"    {_bare(parameter)},\n" for parameter in made)
    return f"```python\n{name}(\n{lines})\n```\n\n{directive}    options: {{ show_signature: false }}\n"


def _bare(parameter: inspect.Parameter) -> str:
    """Name and default, without the type, which the list of parameters says in words."""
    return str(parameter.replace(annotation=inspect.Parameter.empty))


def _rows(docstring: str) -> list[tuple[str, str]]:
    """Rows (group, text) of a table between lines of ``=``; a row without a group goes on with the one above."""
    lines = docstring.splitlines()
    rules = [i for i, line in enumerate(lines) if re.fullmatch(r"=+  =+", line)]
    second = lines[rules[0]].index("  ") + 2
    rows: list[tuple[str, str]] = []
    for line in lines[rules[0] + 1 : rules[1]]:
        group, text = line[:second].strip(), line[second:].strip()
        if not group:
            group, above = rows.pop()
            text = f"{above} {text}"
        rows.append((group, text))
    return rows


def _markdown(text: str) -> str:
    return text.replace("``", "`")


def _commands() -> str:
    """Every command with its help and options."""
    parts = ["# Commands\n", "`wormdrive COMMAND --help` says the same on a terminal.\n"]
    for path, command in _all_commands(typer.main.get_command(app), "wormdrive"):
        parts += [f"## `{path}`\n", f"{inspect.cleandoc(command.help or '')}\n"]
        rows = [_option(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
        if rows:
            parts += ["| option | | by default |", "|---|---|---|", *rows, ""]
    return "\n".join(parts)


def _all_commands(command: Any, path: str) -> list[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        return [(path, command)]
    inner = [(name, one) for name, one in command.commands.items() if not one.hidden]
    return [found for name, one in inner for found in _all_commands(one, f"{path} {name}")]


def _option(parameter: Any) -> str:
    """Return a row: what is typed, what it means, what it is by default."""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts)) if parameter.opts else ""
    if parameter.param_type_name == "argument":
        names = f"`{parameter.metavar or parameter.name.upper()}`"
    shown = getattr(parameter, "show_default", None)
    default = parameter.default
    told = "" if default in (None, False, (), "") or callable(default) else f"`{_plain(default)}`"
    if isinstance(shown, str):  # in words
        told = shown
    return f"| {names} | {_cell(getattr(parameter, 'help', None) or '')} | {_cell(told)} |"


def _plain(value: Any) -> str:
    return str(getattr(value, "value", value))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
