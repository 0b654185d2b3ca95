"""Calls about the weather, and about lamps along the road."""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.protocol.numbers import number
from wormdrive.carla_server.protocol.values import read_weather, weather_values
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value
from wormdrive.envs.seasons.conditions import Conditions

_LARGEST: Final = 3.4028234e38
"""What a client's numbers can hold: 32 bits."""


@value("get_weather_parameters")
def weather(context: CallContext) -> Any:
    """Return the weather, in the very numbers that a client has set: scripts compare it with what they asked for."""
    now = context.simulation.conditions.weather
    values = context.weather_asked[1] if context.weather_asked[0] == now else weather_values(now)
    if context.parking is not None and context.parking.offers(context.caller):
        return context.parking.hold(values)
    return values


@done("set_weather_parameters")
def set_weather(context: CallContext, values: Any) -> None:
    """Change the weather, in the picture and under the tyres; the season stays.

    Numbers out of a field's range act as the range's end, and come back as they were said, as CARLA has it; only what
    is no finite number is refused.
    """
    before = context.simulation.conditions
    after = read_weather(values, before.weather)
    fields = weather_values(after)
    given = [number(each, -_LARGEST, _LARGEST) for each in values[: len(fields)]]
    context.weather_asked = after, given + fields[len(given) :]
    lens, usual = before.lens, context.simulation.first_conditions.lens
    if after.sun_altitude_angle < 0.0 and lens.headlights == 0.0:  # lamps that work by themselves come on
        lens = lens.model_copy(update={"headlights": 1.0})
    elif before.weather.sun_altitude_angle < 0.0 <= after.sun_altitude_angle:
        lens = lens.model_copy(update={"headlights": min(lens.headlights, usual.headlights)})
    context.simulation.set_conditions(Conditions(season=before.season, weather=after, lens=lens))


@done("update_day_night_cycle")
def day_night_cycle(context: CallContext, client: Any, active: Any) -> None:
    """Take note of a wish: lamps along the road are not simulated."""


@value("query_lights_state")
def street_lights(context: CallContext, client: Any = "") -> list[Any]:
    """List lamps along the road: none."""
    return []


@done("update_lights_state")
def set_street_lights(context: CallContext, client: Any, states: Any, discard: Any = True) -> None:
    """Set lamps along the road: there are none."""
