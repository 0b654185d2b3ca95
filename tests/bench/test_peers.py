from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wormdrive.bench import peers


def test_peers_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise RuntimeError("no such game")

    table = {"absent": ("no_such_package_here", broken), "broken": ("json", broken)}
    monkeypatch.setattr(peers, "PEERS", table)
    found, missing = peers.installed_peers()
    assert found == {}
    assert missing == ["absent", "broken (RuntimeError: no such game)"]


class Game:
    """An environment that ends after three steps; what it renders is not what it observes."""

    def __init__(self, blank: bool) -> None:
        self.blank, self.resets, self.steps, self.rendered = blank, 0, 0, 0

    def reset(self, seed: int | None = None) -> None:
        self.resets += 1

    def step(self, action: object) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.steps += 1
        return np.arange(100.0), 0.0, False, self.steps % 3 == 0, {}

    def render(self) -> Any:
        self.rendered += 1
        return np.full(100, 7.0) if self.blank else np.arange(100.0)


def test_a_peer_is_reset_when_it_ends_and_rendered_only_where_that_is_its_picture() -> None:
    game = Game(blank=True)
    steps, seconds = peers._stepping(game, np.zeros(1), rendered=False)()
    assert steps == game.steps == 20
    assert (game.resets, game.rendered) == (1 + 6, 0)
    assert seconds > 0.0
    with pytest.raises(RuntimeError, match="blank"):
        peers._stepping(game, np.zeros(1), rendered=True)()
