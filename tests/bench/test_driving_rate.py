from __future__ import annotations

import pytest

from wormdrive.bench import driving_rate


@pytest.mark.slow
def test_driving_the_camera_and_the_policy_do_as_many_frames_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driving_rate, "_EPISODES", 1)
    monkeypatch.setattr(driving_rate, "_LENGTH_M", 20.0)
    chunks = driving_rate.driving_chunks()
    done = {name: chunk() for name, chunk in chunks.items()}
    assert done["drive"][0] > 20 * 50  # twenty drives of 20 m at 10 m/s
    assert done["camera while driving"][0] == done["act"][0] > 0
    assert all(seconds > 0 for _, seconds in done.values())
