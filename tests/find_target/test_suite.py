from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.find_target.learning import FlightRecipe, drawn
from wormdrive.find_target.suite import SUITES, FlightSuite, load_flight_suite

# what the committed flights were flown in, to the bit
COMMITTED: dict[str, Callable[[FlightScenario], FlightScenario]] = {
    **{
        name: lambda one, preset=preset: replace(one, conditions=Conditions.preset(*preset))  # type: ignore[misc]
        for name, preset in {
            "summer": ("summer", "day"), "autumn": ("autumn", "day"), "spring": ("spring", "day"),
            "winter": ("winter", "day"), "fog": ("summer", "fog"), "rain": ("summer", "rain"),
        }.items()
    },
    "other art": lambda one: replace(one, art_seed=1),
    "farther": lambda one: replace(one, distance_m=30.0 + (one.distance_m - 10.0) * 10.0 / 15.0),
    "moving": lambda one: replace(one, target_speed_mps=0.8),
    "occluded": lambda one: replace(one, occluders=3),
}  # fmt: skip


def test_the_built_in_suite_is_what_the_committed_flights_were_flown_in() -> None:
    suite, flights = load_flight_suite(), drawn(FlightRecipe(), 24, 900_000)
    assert list(suite.conditions) == list(COMMITTED)
    for name, change in COMMITTED.items():
        assert suite.scenarios(name) == [change(flight) for flight in flights], name


@pytest.mark.parametrize("name", SUITES)
def test_a_condition_of_a_built_in_suite_changes_one_thing(name: str) -> None:
    suite = load_flight_suite(name).narrowed(flights=5)
    first, *others = (suite.scenarios(condition) for condition in suite.conditions)
    for flights in others:
        for plain, flight in zip(first, flights, strict=True):
            differing = [key for key, value in vars(flight).items() if value != getattr(plain, key)]
            assert len(differing) == 1, differing


def test_a_suite_of_ones_own_names_any_number(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "maps: [suburb, roads/a.xodr]\nflights: 4\ncolours: [white]\nconditions:\n"
        "  thin snow: {season: winter, conditions.season.snow_cover: 0.1, occluders: 2}\n"
        "  late: {disturbances.latency.delay_s: 0.3, disturbances.gusts.strength: 1, distance_m: 12}\n"
    )
    suite = load_flight_suite(str(file))
    assert (suite.name, suite.maps) == ("mine", ("suburb", str(tmp_path / "roads" / "a.xodr")))
    snow, late = (suite.scenarios(condition) for condition in suite.conditions)
    assert snow[0].conditions == Conditions.preset("winter").replace(season={"snow_cover": 0.1})
    assert {one.occluders for one in snow} == {2}
    assert late[0].disturbances == Disturbances(latency={"delay_s": 0.3}, gusts={"strength": 1})
    assert {one.distance_m for one in late} == {12.0}
    assert [one.seed for one in snow] == [one.seed for one in late]
    assert {one.colour for one in snow} == {"white"}


def test_narrower_suites_fly_the_same_flights() -> None:
    suite = load_flight_suite()
    few = suite.narrowed(flights=2, conditions=["fog", "summer"])
    assert list(few.conditions) == ["fog", "summer"]
    assert few.scenarios("fog") == suite.scenarios("fog")[:2]
    assert suite.narrowed() == suite == load_flight_suite(suite)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("conditions: {}", "conditions={}: "),
        ("conditions: {a: {season: monsoon}}", "conditions.a: season='monsoon': allowed are summer, autumn"),
        (
            "conditions: {a: {route_seed: 1}}",
            "path='route_seed': allowed are season, weather, art_seed, target",
        ),
        ("conditions: {a: {occluders: 9}}", "conditions.a: occluders=9: allowed is 0 to 8"),
        ("conditions: {a: {distance_m: 60}}", "conditions.a: distance_m=60.0: allowed is 6 to 50"),
        ("conditions: {a: {distance_m: [30, 60]}}", "conditions.a: distance_m=60.0: allowed is 6 to 50"),
        (
            "conditions: {a: {distance_m: [40, 30]}}",
            "distance_m=[40, 30]: allowed is a distance, or a least and",
        ),
        ("conditions: {a: {disturbances.grip.factor: 0.5}}", "disturbances.grip: a flight has none; allowed are"),
        ("conditions: {a: {}}", "conditions.a: allowed is a table of paths and their values"),
        ("conditions: {a: {season: winter}}\nseed: 3", "seed=3: allowed is 900000 or more"),
        ("conditions: {a: {season: winter}}\nflights: 0", "flights=0: allowed is 1 or more, 1000 or less"),
        ("conditions: {a: {season: winter}}\ndistance_m: [20, 20]", "distance_m=[20.0, 20.0]: allowed is a least and"),
        ("conditions: {a: {season: winter}}\ndistance_m: [20, 90]", "distance_m=90.0: allowed is 6 to 50"),
        ("conditions: {a: {season: winter}}\ntargets: [cat]", "target='cat': allowed are chair, box, car"),
        ("route_length_m: 300\nconditions: {a: {season: winter}}", "route_length_m=300: unknown; allowed are name"),
        ("[]", "a mapping with name, description, maps"),
    ],
)
def test_what_is_no_suite_is_refused_with_file_and_place(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ArgumentError) as caught:
        load_flight_suite(file)
    assert str(caught.value).startswith(f"suite {file}: ")
    assert message in str(caught.value)


def test_names_are_checked() -> None:
    with pytest.raises(ArgumentError, match=r"suite='wood': allowed are disturbed, woods, or the path of a"):
        load_flight_suite("wood")
    with pytest.raises(ArgumentError, match="suite woods: condition='monsoon': allowed are summer"):
        load_flight_suite().narrowed(conditions=["monsoon"])
    with pytest.raises(ArgumentError, match="suite woods: condition='monsoon': allowed are summer"):
        load_flight_suite().scenarios("monsoon")
    with pytest.raises(ArgumentError, match="suite woods: flights=0: allowed is 1 or more"):
        load_flight_suite().narrowed(flights=0)
    with pytest.raises(ValueError, match="conditions"):
        FlightSuite(name="none", conditions={})
