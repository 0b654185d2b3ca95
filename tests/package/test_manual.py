"""The manual: it builds without a warning, every public name is in it, and it asks no other server for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import wormdrive
from tests.support.shell_lines import ROOT

pytest.importorskip("mkdocs", reason="mkdocs is not installed: group `docs`")


def public_names() -> set[str]:
    own = {f"wormdrive.{name}" for name in wormdrive.__all__ if name not in ("errors", "nn")}
    return own | {f"{module.__name__}.{name}" for module in (wormdrive.nn, wormdrive.errors) for name in module.__all__}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(site: Path) -> None:
    inventory = (site / "objects.inv").read_bytes()
    listed = zlib.decompress(inventory.split(b"zlib.\n", 1)[1]).decode()
    assert public_names() <= {line.split(" ", 1)[0] for line in listed.splitlines()}


@pytest.mark.slow
def test_pages_ask_no_other_server_for_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|img|iframe)[^>]* src=\"?(https?:[^\" >]+)", text)
        fetched += re.findall(r"<link[^>]* rel=\"?(?:stylesheet|preconnect|icon)[^>]* href=\"?(https?:[^\" >]+)", text)
        assert not fetched, page.name


@pytest.mark.slow
def test_pictures_that_are_drawn_are_there(site: Path) -> None:
    shown = set(re.findall(r'src="(pictures/[^"]+)"', (site / "concepts.html").read_text(encoding="utf-8")))
    assert len(shown) == 5
    assert all((site / name).stat().st_size > 10_000 for name in shown)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_of_pages_outside_of_it_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (ROOT / target.partition("#")[0]).exists(), target


def test_the_readme_takes_two_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100
