from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.common.import_path import import_attribute, is_import_path, running_own_code


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current folder with modules that no other test has imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("mine:factory", True),
        ("package.mine:Class.method", True),
        ("ncp", False),
        ("runs/mine/policy", False),
        ("C:\\policies\\mine", False),
        ("mine:", False),
        ("mine:factory()", False),
        ("..:x", False),
    ],
)
def test_an_import_path_is_a_module_and_an_attribute(text: str, *, is_one: bool) -> None:
    assert is_import_path(text) == is_one


def test_modules_in_the_current_folder_are_found(here: Path) -> None:
    (here / "own_module_a.py").write_text("class Held:\n    value = 7\n")
    assert import_attribute("own_module_a:Held.value", "MODEL") == 7


def test_what_is_not_there_is_named(here: Path) -> None:
    (here / "own_module_b.py").write_text("def factory(simulator): ...\n")
    with pytest.raises(ArgumentError, match=r"MODEL='own_module_b:make': own_module_b has no 'make'; it has factory"):
        import_attribute("own_module_b:make", "MODEL")
    with pytest.raises(ArgumentError, match=rf"MODEL='no_such:make': there is no module 'no_such' in {here}"):
        import_attribute("no_such:make", "MODEL")
    with pytest.raises(ArgumentError, match=r"--expert='mine': allowed is module:attribute"):
        import_attribute("mine", "--expert")


def test_a_module_that_fails_is_named_with_its_line_and_its_cause(here: Path) -> None:
    (here / "own_module_c.py").write_text("x = 1\nraise KeyError('speed')\n")
    with pytest.raises(
        UserCodeError, match=r"own_module_c: importing it raised KeyError \(own_module_c.py, line 2\)"
    ) as e:
        import_attribute("own_module_c:factory", "MODEL")
    assert isinstance(e.value.__cause__, KeyError)
    (here / "own_module_d.py").write_text("import no_such_package\n")
    with pytest.raises(UserCodeError, match=r"own_module_d.py, line 1\): No module named 'no_such_package'"):
        import_attribute("own_module_d:factory", "MODEL")


def test_an_error_told_once_is_not_told_again() -> None:
    told = pytest.raises(UserCodeError, match=r"^inner: act raised ValueError: five$")
    with told, running_own_code("outer", "calling it"), running_own_code("inner", "act"):
        raise ValueError("five")
