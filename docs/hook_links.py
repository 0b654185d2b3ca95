"""Links from pages to files that are in the repository but not on the site become the files' names on the site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

_OUTWARD = re.compile(r"\[([^\]]+)\]\((\.\./[^)#]+)\)")


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Replace ``[examples/x.py](../examples/x.py)``; what is not there stops the building."""
    folder = Path(config.docs_dir)

    def name(link: re.Match[str]) -> str:
        file = (folder / page.file.src_uri).parent / link[2]
        if not file.exists():
            raise PluginError(f"{page.file.src_uri}: {link[2]}: there is no such file")
        return f"`{file.resolve().relative_to(folder.parent.resolve()).as_posix()}`"

    return _OUTWARD.sub(name, markdown)
