from __future__ import annotations

import json
from typing import Any

import pydantic
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.disturbances import (
    IN_FLIGHT,
    IN_THE_WORLD,
    ON_THE_ROAD,
    Blur,
    Disturbances,
    Noise,
    require_kinds,
)
from wormdrive.envs.simulation.scenario import Scenario

KINDS = Disturbances.model_fields


def numbers() -> list[tuple[str, str, Any]]:
    """Kind, name and field of every number."""
    found = []
    for kind, field in KINDS.items():
        model = next(part for part in field.annotation.__args__ if part is not type(None))  # type: ignore[union-attr]
        found += [(kind, name, number) for name, number in model.model_fields.items()]
    return found


def test_every_number_has_bounds_and_a_unit() -> None:
    assert len(KINDS) == 19
    for kind, name, field in numbers():
        bounds = {bound for limit in field.metadata for bound in ("ge", "le") if hasattr(limit, bound)}
        assert bounds == {"ge", "le"}, (kind, name)
        assert field.annotation is float
        assert "[" in field.description, (kind, name)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"noise": {"deviation": 2}}, r"disturbances.noise.deviation=2: allowed is a number in \[0, 1\]"),
        ({"frame_rate": {"hz": 60}}, r"disturbances.frame_rate.hz=60: allowed is a number in \[1, 30\]"),
        ({"grip": {"factor": 0.0}}, r"disturbances.grip.factor=0.0: allowed is a number in \[0.1, 1\]"),
        ({"noise": {"deviation": float("nan")}}, "disturbances.noise.deviation=nan: allowed"),
        ({"noise": {"sigma": 1.0, "deviation": 0.1}}, "disturbances.noise.sigma=1.0: no such field; .* deviation"),
        ({"noise": {}}, "disturbances.noise.deviation: missing"),
        ({"noise": 0.1}, "disturbances.noise=0.1: allowed"),
        ({"hail": {}}, "disturbances.hail={}: no such field; allowed are blackout, freeze"),
        ({"blackout": {"duration_s": 3, "period_s": 2}}, "blackout.duration_s=3.0: allowed is up to period_s=2.0"),
        ({"freeze": {"duration_s": 3, "period_s": 2}}, "disturbances.freeze.duration_s=3.0: allowed is up to"),
        ({"arriving_snow": {"begin": 0.9, "end": 0.2}}, "arriving_snow.begin=0.9: allowed is up to end=0.2"),
    ],
)
def test_what_is_not_allowed_is_named(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ArgumentError, match=named):
        Disturbances(**values)
    with pytest.raises(pydantic.ValidationError, match=named):
        Scenario(disturbances=values)


def test_a_scenario_keeps_them_and_without_any_is_written_as_ever() -> None:
    plain = Scenario(seed=3)
    assert "disturbances" not in json.loads(plain.model_dump_json())
    assert Scenario(**plain.model_dump(mode="json")) == plain
    assert plain.disturbances == Disturbances()
    disturbed = Scenario(seed=3, disturbances={"noise": {"deviation": 0.1}, "wind": {"gust": 200.0}})
    assert disturbed.disturbances.kinds == ("noise", "wind")
    written = disturbed.model_dump(mode="json")
    assert written["disturbances"] == {"noise": {"deviation": 0.1}, "wind": {"steady": 0.0, "gust": 200.0}}
    assert Scenario(**written) == disturbed
    assert hash(Scenario(**written)) == hash(disturbed)


def test_some_kinds_alone() -> None:
    both = Disturbances(noise=Noise(deviation=0.1), grip={"factor": 0.5})
    assert both.only(IN_THE_WORLD) == Disturbances(grip={"factor": 0.5})
    assert both.model_copy(update={"noise": None, "blur": Blur(sigma=1.0)}).kinds == ("blur", "grip")
    assert both.only(IN_THE_WORLD).only(frozenset()) == Disturbances()
    assert set(KINDS) >= IN_THE_WORLD


def test_cars_and_flights_have_kinds_of_their_own() -> None:
    assert IN_THE_WORLD | {"steering"} == ON_THE_ROAD - IN_FLIGHT
    assert {"gusts"} == IN_FLIGHT - ON_THE_ROAD
    assert set(KINDS) == ON_THE_ROAD | IN_FLIGHT
    require_kinds(Disturbances(noise=Noise(deviation=0.1)), IN_FLIGHT & ON_THE_ROAD, "anybody")
    with pytest.raises(pydantic.ValidationError, match=r"disturbances\.gusts: a drive has none; allowed are blackout"):
        Scenario(disturbances={"gusts": {"strength": 1.0}})


def test_what_environments_are_given() -> None:
    noise = Disturbances(noise={"deviation": 0.1})
    assert [Disturbances.given(one) for one in (None, noise, {"noise": {"deviation": 0.1}})] == [
        Disturbances(), noise, noise
    ]  # fmt: skip
    with pytest.raises(ArgumentError, match="disturbances='noise': allowed are Disturbances, or a mapping"):
        Disturbances.given("noise")  # type: ignore[arg-type]
