"""The photos' page: every photo by its name, escaped, and nothing that is fetched from elsewhere."""

from __future__ import annotations

import re

from tests.audit.page.test_attention import checks, looked_at
from wormdrive.audit.attention.photo_section import PhotoAttention
from wormdrive.audit.attention.photos import Crop
from wormdrive.audit.page.photos import photos_page, photos_verdict
from wormdrive.envs.simulation.camera_config import CameraConfig


def found(*names: str, good: bool = True) -> PhotoAttention:
    crop = Crop(1280, 720, 0, 164, 1280, 499)
    shown = tuple(looked_at(name) for name in names)
    return PhotoAttention("mine", "lstm", CameraConfig(), shown, (crop,) * len(names), checks(good=good))


def test_the_verdict_says_what_is_steered() -> None:
    assert photos_verdict(found("a.jpg")) == (
        "steers left, radius 250 m at a.jpg; hiding what is bright on its maps takes that away sooner than hiding at "
        "random"
    )
    said = photos_verdict(found("a.jpg", "b.jpg", good=False))
    assert said.startswith("was shown 2 photos and steers left at 2, right at 0, straight on at 0; ")
    assert said.endswith("no sooner than hiding at random")


def test_the_page_stands_alone_and_escapes_names() -> None:
    made = photos_page(found("a.jpg", "<b>.jpg"), "wormdrive explain mine --image '<b>.jpg'")
    assert "&lt;b&gt;.jpg" in made
    assert "<b>.jpg" not in made
    assert "kept are 1280 x 499 of 1280 x 720 pixels, from row 164" in made
    assert "whether its lens sees as much of the road is not known" in made
    assert "explains the convolutional head only: it knows nothing of the neurons" in made
    assert {link[:5] for link in re.findall(r'(?:src|href)="([^"]*)"', made)} == {"data:"}
    assert "url(" not in made
