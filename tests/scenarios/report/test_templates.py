from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from wormdrive.scenarios.report.templates import page_environment, style_sheet


def test_what_is_filled_in_is_escaped_and_what_is_missing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "page.html.jinja").write_text("<p>{{ name }} {{ 0.5|tone }}</p>")
    template = page_environment(tmp_path).get_template("page.html.jinja")
    assert template.render(name="<b>") == "<p>&lt;b&gt; 25.0%</p>"
    with pytest.raises(jinja2.UndefinedError, match="name"):
        template.render()


def test_a_page_adds_its_own_styles_to_the_shared_ones(tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text(".own { color: red; }")
    assert style_sheet(tmp_path / "own.css") == style_sheet() + ".own { color: red; }"
    assert "--series-0" in style_sheet()
