from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _simulated_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
