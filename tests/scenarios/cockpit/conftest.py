from __future__ import annotations

import pytest

from tests.support.one_thread import one_thread as one_thread  # as `wormdrive drive` does


@pytest.fixture(autouse=True)
def _simulated_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
