from __future__ import annotations

import hashlib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from wormdrive.benchmark.sealed import sealed_conditions
from wormdrive.benchmark.sealed_ranges import DEEP_SNOW, LIGHTS, MOST_SNOW, RANGES, SKIES
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.scenarios.suite import SUITES, Suite, load_suite

GOLDEN = "3cfcfb49605e62bb2758e86b921daf58cd5b5363215aa530846ef265b0182130"
SEEDS = [f"{k:032x}" for k in (0, 1, 2**64, 2**128 - 1)]


def suite(seed: str, folder: Path) -> Suite:
    (folder / "sealed.yaml").write_text(sealed_conditions(seed))
    return load_suite(folder / "sealed.yaml")


def test_a_seed_means_the_same_conditions_for_ever() -> None:
    text = sealed_conditions("0123456789abcdef0123456789abcdef")
    assert text == sealed_conditions("0123456789abcdef0123456789abcdef")
    assert hashlib.sha256(text.encode()).hexdigest() == GOLDEN
    assert len({sealed_conditions(seed) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_they_span_from_bare_roads_to_snowed_in_ones_in_every_light_and_sky(seed: str, tmp_path: Path) -> None:
    drawn = suite(seed, tmp_path)
    assert drawn.name == "sealed"
    conditions = [trial.scenario.conditions for trial in drawn.trials if trial.episode == 0]
    covers = [held.season.snow_cover for held in conditions]
    assert covers[:8] == [0.0] * 8
    assert Counter(held.season.name for held in conditions[:8]) == dict.fromkeys(SEASONS, 2)
    for step, cover in enumerate(covers[8:]):
        assert step <= cover / MOST_SNOW * 16 <= step + 1 + 0.02
    assert all(low <= high for low, high in pairwise(covers))
    names = [name.partition(",")[0].split() for name in drawn.given]
    assert Counter(light for _, _, light, _ in names) == LIGHTS
    assert Counter(sky for _, _, _, sky in names) == SKIES
    assert [art for _, art, _, _ in names] == [held.season.name for held in conditions]


@pytest.mark.parametrize("seed", SEEDS)
def test_they_hold_together_and_are_nobodys_presets(seed: str, tmp_path: Path) -> None:
    presets = [Conditions.preset(season, weather) for season in SEASONS for weather in WEATHERS]
    for trial in suite(seed, tmp_path).trials:
        held = trial.scenario.conditions
        assert held not in presets
        if held.season.snow_cover >= DEEP_SNOW:
            assert held.season.name == "winter"
            assert held.season.foliage <= 0.05
        if held.season.name == "summer":
            assert held.season.snow_cover == held.season.snowfall == 0.0
        if held.weather.precipitation > 0:
            assert held.weather.cloudiness >= 80
        assert held.weather.wetness >= held.weather.precipitation_deposits
        assert (held.weather.sun_altitude_angle < -9) == ("night" in trial.shift)
        for path, of in RANGES.items():
            part, name = path.split(".")
            low, high = min(b[0] for b in of.bounds.values()), max(b[1] for b in of.bounds.values())
            assert low <= getattr(getattr(held, part), name) <= high


def test_their_routes_are_those_of_no_other_suite_and_the_same_in_all(tmp_path: Path) -> None:
    others = {t.scenario.seed for name in SUITES for t in load_suite(name).trials}
    for seed in SEEDS:
        drawn = suite(seed, tmp_path)
        by_route: dict[int, set[tuple[int, int]]] = {}
        for trial in drawn.trials:
            by_route.setdefault(trial.episode, set()).add((trial.scenario.route_seed, trial.scenario.seed))
        assert len(by_route) == drawn.episodes == 16
        assert all(len(seeds) == 1 for seeds in by_route.values())
        assert others.isdisjoint(trial.scenario.seed for trial in drawn.trials)


@pytest.mark.parametrize("seed", ["", "0" * 31, "0" * 33, "G" * 32, "A" * 32, " " + "0" * 31, "0" * 32 + "\n"])
def test_what_is_no_seed_is_refused_and_not_repeated(seed: str) -> None:
    with pytest.raises(ArgumentError, match=f"seed of {len(seed)} characters: allowed are 32 hexadecimal") as caught:
        sealed_conditions(seed)
    assert not seed or seed not in str(caught.value)
