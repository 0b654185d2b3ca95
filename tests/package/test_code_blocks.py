"""Code blocks of the README and of the manual: each is run, or says why not and is checked."""

from __future__ import annotations

import ast
import importlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import shell_lines
from tests.support.code_blocks import CodeBlock, code_blocks
from tests.support.shell_lines import ROOT
from wormdrive import load_suite
from wormdrive.find_target.suite import load_flight_suite
from wormdrive.training.export.compiled import find_compiler

RUN_ELSEWHERE = {"own-policy.md"}
"""Its files and commands belong together; a test of its own puts them down and runs them."""
PAGES = [ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in RUN_ELSEWHERE)]
GENERATED = {"results.md"}
"""Written by a command, which writes no markers; its commands train for hours."""
LANGUAGES = {"bash", "python", "yaml", "text", "c"}


def named(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_what_blocks_name_exists(page: Path) -> None:
    for block in code_blocks(page):
        assert block.language in LANGUAGES, f"{block.place}: a block of {block.language!r}"
        if block.language == "bash":
            for line in shell_lines.lines_of(block.text):
                shell_lines.check(line)
        elif block.language == "python":
            check_names(block)
        elif block.language == "yaml":
            for line in commands_within(yaml.safe_load(block.text)):
                shell_lines.check(line)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=named)
def test_blocks_run_in_their_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, as a reader would who types them one after the other."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "page"}
    for block in code_blocks(page):
        if not block.runs or page.name in GENERATED:
            continue
        if block.language == "python":
            exec(compile(block.text, block.place, "exec"), names)
        elif block.language == "bash":
            for line in shell_lines.lines_of(block.text):
                shell_lines.run(line, block.more)
        elif block.language == "c":
            compile_c(block, tmp_path)
        elif block.language == "yaml" and "jobs" not in yaml.safe_load(block.text):
            suite = tmp_path / f"block-{block.line}.yaml"
            content = yaml.safe_load(block.text)
            suite.write_text(yaml.safe_dump({"name": "block"} | content), encoding="utf-8")
            (load_flight_suite if "flights" in content else load_suite)(str(suite))


def check_names(block: CodeBlock) -> None:
    """What a block imports from us is there, and so is every ``wormdrive.x`` in it."""
    tree = ast.parse(block.text, block.place)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "wormdrive":
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                assert hasattr(module, alias.name), f"{block.place}: {node.module} has no {alias.name}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "wormdrive":
            assert hasattr(importlib.import_module("wormdrive"), node.attr), f"{block.place}: wormdrive.{node.attr}"


def compile_c(block: CodeBlock, folder: Path) -> None:
    """As strictly as a compiler can, where there is one."""
    compiler = find_compiler()
    if compiler is not None:
        source = folder / "block.c"
        source.write_text(block.text, encoding="utf-8")
        strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-I", folder, "-c", source, "-o", folder / "block.o"]
        done = subprocess.run([*compiler, *map(str, strict)], capture_output=True, text=True)
        assert done.returncode == 0, f"{block.place}: {done.stderr}"


def commands_within(content: Any) -> list[str]:
    """Lines of the steps ``run`` of a workflow."""
    if isinstance(content, dict):
        return [
            line
            for key, value in content.items()
            for line in (shell_lines.lines_of(value) if key == "run" else commands_within(value))
        ]
    return [line for value in content for line in commands_within(value)] if isinstance(content, list) else []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wormdrive bench sell", "no such command"),
        ("wormdrive drive ncp --seasons winter", "No such option"),
        ("wormdrive evaluate ncp --episodes many", "should be a valid integer"),
        ("make tea", "no such target"),
        ("pip install 'wormdrive[viewer,vewer]'", "no such extra"),
        ("python examples/road_tests.py --speed 3", r"has no \['--speed'\]"),
        ("cd here && rm -r there", "what is rm"),
    ],
)
def test_what_does_not_exist_is_found(line: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        shell_lines.check(line)


def test_a_command_of_ours_that_fails_fails_the_page() -> None:
    with pytest.raises(AssertionError, match="wormdrive maps check nowhere"):
        shell_lines.run("wormdrive maps check nowhere", {})


def test_markers_belong_to_the_block_below(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- checked, not run: why -->\n```bash\nls\n```\n\n<!-- run with: drive: --length 9 -->\n\ntext\n"
    )
    with pytest.raises(AssertionError, match=r"page\.md:8: no block follows"):
        code_blocks(page)
    fenced = "```bash\na\n```\n<!-- checked, not run: why -->\n```python\nb\n```\n"
    page.write_text(f"{fenced}\n    c\n\ntext\n    no block\n\n<!-- checked, not run: why -->\n\n    d\n")
    assert [(block.language, block.text.strip(), block.runs) for block in code_blocks(page)] == [
        ("bash", "a", True), ("python", "b", False), ("bash", "c", True), ("bash", "d", False),
    ]  # fmt: skip
