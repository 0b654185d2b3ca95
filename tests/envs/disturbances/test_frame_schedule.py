from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wormdrive.envs.disturbances.frame_schedule import FrameSchedule, frame_schedule
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.vehicle_batch import DT_S

STEPS = 3000
EVERYTHING = {
    "blackout": {"duration_s": 0.4}, "freeze": {"duration_s": 0.7, "period_s": 2.0}, "drop": {"probability": 0.2},
    "frame_rate": {"hz": 12.0, "jitter": 0.6}, "latency": {"delay_s": 0.15},
}  # fmt: skip


def schedule(seed: int = 1, steps: int = STEPS, **kinds: dict[str, Any]) -> FrameSchedule:
    found = frame_schedule(Disturbances(**kinds), seed, steps)  # type: ignore[arg-type]
    assert len(found.source) >= steps
    return FrameSchedule(*(array[:steps] for array in found))


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Begin and length of each run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(a), int(b - a)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_undisturbed_a_frame_comes_at_every_step() -> None:
    for plain in (schedule(), schedule(frame_rate={"hz": 30.0}), schedule(latency={"delay_s": 0.0})):
        np.testing.assert_array_equal(plain.source, np.arange(STEPS))
        assert plain.new.all()
        assert plain.kept.all()
        assert not plain.black.any()
        assert (plain.interval_s == DT_S).all(), "to the bit: networks are told it"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_blackouts_have_their_length_and_period(seed: int) -> None:
    found = schedule(seed, blackout={"duration_s": 0.5, "period_s": 2.0})
    dark = runs(found.black)
    assert 0 < dark[0][0] <= 60
    assert {length for _, length in dark[:-1]} == {15}
    assert set(np.diff([begin for begin, _ in dark])) == {60}
    np.testing.assert_array_equal(found.source, np.arange(STEPS))
    assert found.new.all(), "black frames are frames"


def test_blackouts_may_last_for_ever_or_not_at_all() -> None:
    dark = schedule(blackout={"duration_s": 2.0, "period_s": 2.0}).black
    assert runs(dark)[0][0] + runs(dark)[0][1] == STEPS
    assert len(runs(dark)) == 1
    assert not schedule(blackout={"duration_s": 0.0}).black.any()


def test_frozen_frames_come_and_show_the_last_picture() -> None:
    found = schedule(freeze={"duration_s": 0.5, "period_s": 2.0})
    stuck = runs(~found.kept)
    assert {length for _, length in stuck[:-1]} == {15}
    for begin, length in stuck:
        assert (found.source[begin : begin + length] == begin - 1).all()
        if begin + length < STEPS:
            assert found.source[begin + length] == begin + length
    assert found.new.all()
    assert (found.interval_s == DT_S).all()


def test_dropped_frames_are_as_many_as_said_and_the_last_one_stays() -> None:
    found = schedule(drop={"probability": 0.3})
    assert found.new[0]
    assert found.new.mean() == pytest.approx(0.7, abs=0.04)
    came = np.flatnonzero(found.new)
    np.testing.assert_array_equal(found.source, came[np.cumsum(found.new) - 1])
    np.testing.assert_allclose(found.interval_s[came[1:]], np.diff(came) * DT_S)
    assert schedule(drop={"probability": 1.0}).new.sum() == 1
    few, many = schedule(drop={"probability": 0.3}).new, schedule(drop={"probability": 0.5}).new
    assert (many <= few).all(), "rungs of a ladder lose the same frames and more"


@pytest.mark.parametrize("hz", [1.0, 2.0, 5.0, 7.0, 12.5, 29.0])
def test_the_camera_takes_so_many_frames_a_second(hz: float) -> None:
    found = schedule(frame_rate={"hz": hz})
    assert found.new.sum() == pytest.approx(hz * STEPS * DT_S, abs=1.01)
    intervals = np.diff(np.flatnonzero(found.new)) * DT_S
    assert np.abs(intervals - 1.0 / hz).max() < DT_S + 1e-9
    np.testing.assert_allclose(found.interval_s[found.new][1:], intervals)


def test_jitter_moves_frames_by_up_to_its_share() -> None:
    found = schedule(frame_rate={"hz": 3.0, "jitter": 0.8})
    came = np.flatnonzero(found.new) * DT_S
    early = came[1:] - np.arange(1, len(came)) / 3.0
    assert np.abs(early).max() < 0.4 / 3.0 + DT_S
    assert early.std() > 0.05
    assert len(came) == pytest.approx(3.0 * STEPS * DT_S, abs=2)


@pytest.mark.parametrize(("delay_s", "steps"), [(0.1, 3), (0.05, 2), (0.01, 0), (2.0, 60)])
def test_late_frames_show_what_was_so_many_steps_ago(delay_s: float, steps: int) -> None:
    found = schedule(latency={"delay_s": delay_s})
    np.testing.assert_array_equal(found.source, np.maximum(np.arange(STEPS) - steps, 0))
    np.testing.assert_array_equal(np.flatnonzero(~found.new), np.arange(1, steps + 1))
    assert (found.interval_s == DT_S).all()


def test_a_late_slow_camera_tells_the_time_between_its_pictures() -> None:
    slow, late = schedule(frame_rate={"hz": 5.0}), schedule(frame_rate={"hz": 5.0}, latency={"delay_s": 0.2})
    np.testing.assert_array_equal(late.source[6:], slow.source[:-6])
    np.testing.assert_array_equal(late.new[7:], slow.new[1:-6])
    np.testing.assert_array_equal(late.interval_s[12:], slow.interval_s[6:-6])


def test_a_longer_look_ahead_changes_nothing_and_all_kinds_go_together() -> None:
    short, long = schedule(5, 1000, **EVERYTHING), schedule(5, 20_000, **EVERYTHING)
    for one, other in zip(short, long, strict=True):
        np.testing.assert_array_equal(one, other[:1000])
    assert (np.diff(long.source) >= 0).all()
    assert (long.source <= np.arange(20_000)).all()
    assert long.kept[np.unique(long.source)].all(), "what is shown was kept"
    assert (long.interval_s > 0.0).all()


def test_each_kind_and_seed_has_a_stream_of_its_own() -> None:
    alone, together = (
        schedule(drop={"probability": 0.2}),
        schedule(drop={"probability": 0.2}, blackout={"duration_s": 1.0}),
    )
    np.testing.assert_array_equal(alone.new, together.new)
    assert (schedule(1, drop={"probability": 0.2}).new != schedule(2, drop={"probability": 0.2}).new).any()
    begins = {runs(schedule(seed, blackout={"duration_s": 0.5}).black)[0][0] for seed in range(6)}
    assert len(begins) > 3
