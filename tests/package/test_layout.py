"""Where things stand: tests mirror modules or say what they are about; modules say what they are, and stay short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "wormdrive"
ROOMS = ("agents", "carla_server", "envs", "perception", "scenarios", "training")
INNER = ("adapting", "audit", "audited_trainings", "bench", "benchmark", "cli", "convoy", "find_target", "nn")
FOLDERS = {name: ROOT / name for name in ROOMS} | {name: PACKAGE / name for name in INNER}
MODULES = sorted([*PACKAGE.glob("*.py"), *(file for folder in FOLDERS.values() for file in folder.rglob("*.py"))])
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MOST_LINES = 400
FEWEST_WORDS = 3


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def shown(files: list[Path]) -> list[str]:
    return [file.relative_to(ROOT).as_posix() for file in files]


def mirrored(test: Path) -> bool:
    """Whether ``tests/envs/roads/test_route.py`` has its ``envs/roads/route.py``, a module or a folder of them."""
    room, *inner = test.relative_to(ROOT / "tests").with_name(test.stem.removeprefix("test_")).parts
    if room not in FOLDERS:
        return False
    subject = FOLDERS[room].joinpath(*inner)
    return subject.with_suffix(".py").is_file() or (subject / "__init__.py").is_file()


def absent(line: str) -> list[str]:
    """Names in a line (``maps/grid.py``, ``wormdrive.envs.roads``, ``test_route``) for which there is no file."""
    found = [name for name in re.findall(r"[\w/]+\.py\b", line) if not any_ends_with(f"/{name}")]
    for name in re.findall(r"\bwormdrive\.[\w.]*\w", line):
        parts = name.split(".")[1:]
        path = FOLDERS.get(parts[0], PACKAGE / parts[0]).joinpath(*parts[1:])
        if not (path.with_suffix(".py").is_file() or path.is_dir()):
            found.append(name)
    return found + [name for name in re.findall(r"\btest_\w+(?!\.py)\b", line) if not any_ends_with(f"/{name}.py")]


def any_ends_with(end: str) -> bool:
    return any(file.as_posix().endswith(end) for file in [*MODULES, *TESTS])


def test_a_test_mirrors_a_module_or_says_what_it_is_about() -> None:
    wrong = {}
    for test in TESTS:
        first = (ast.get_docstring(parsed(test)) or "").partition("\n")[0]
        if not mirrored(test) and len(first.split()) < FEWEST_WORDS:
            wrong[test] = "has neither a module to mirror nor a sentence to say what it is about"
        elif absent(first):
            wrong[test] = f"names what is not there: {', '.join(absent(first))}"
    assert [f"{name} {wrong[test]}" for test, name in zip(wrong, shown(list(wrong)), strict=True)] == []


def test_every_module_says_what_it_is() -> None:
    assert len(MODULES) > 400
    assert shown([module for module in MODULES if not ast.get_docstring(parsed(module))]) == []


def test_no_module_is_long() -> None:
    lines = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert shown([module for module, count in lines.items() if count > MOST_LINES]) == []


def test_the_package_links_to_every_room_and_to_nothing_else() -> None:
    links = {path.name: path.resolve() for path in PACKAGE.iterdir() if path.is_symlink()}
    assert links == {name: ROOT / name for name in ROOMS}
    assert all((room / "__init__.py").is_file() for room in links.values())


def test_docstrings_begin_with_what_is_returned_not_with_give() -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [
        f"{module.relative_to(ROOT).as_posix()}: {text.splitlines()[0]}"
        for module in MODULES
        for node in ast.walk(parsed(module))
        if isinstance(node, kinds) and (text := ast.get_docstring(node) or "").startswith("Give")
    ]
    assert found == []
