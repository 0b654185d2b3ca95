"""Generate the packaged maps: ``python -m wormdrive.envs.roads.maps.generate [FOLDER]``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wormdrive.envs.roads.maps.country_loop import country_loop
from wormdrive.envs.roads.maps.highway import highway
from wormdrive.envs.roads.maps.mountain_pass import mountain_pass
from wormdrive.envs.roads.maps.suburb import suburb
from wormdrive.envs.roads.maps.town import town

__all__ = ["MAKERS", "main"]

MAKERS: Final[dict[str, Callable[[], str]]] = {
    "country_loop": country_loop,
    "mountain_pass": mountain_pass,
    "suburb": suburb,
    "highway": highway,
    "town": town,
}
"""Who writes which built-in map."""


def main(folder: Path) -> None:
    """Write all maps into a folder."""
    for name, make in MAKERS.items():
        path = folder / f"{name}.xodr"
        text = make()
        aside = path.with_suffix(".xodr.part")
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(path)
        print(f"{path}: {len(text)} characters")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
