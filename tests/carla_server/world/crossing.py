"""A crossing of two roads with traffic lights, for tests.

Roads ``west``, ``east``, ``south`` and ``north`` of 100 m lead to a junction in the middle, each with one lane in and
one out; the connecting roads ``we``, ``ew``, ``sn`` and ``ns`` go straight across it.
"""

from __future__ import annotations

import math

from tests.support.opendrive_text import lane, opendrive, road, section

__all__ = ["crossing_text", "signal"]

ARMS = {"west": math.pi, "east": 0.0, "south": -math.pi / 2.0, "north": math.pi / 2.0}
"""Where each arm lies, seen from the middle."""
INNER_M = 10.0
OUTER_M = 110.0


def signal(name: str, s: float, orientation: str = "+", lanes: tuple[int, int] | None = None, **more: str) -> str:
    """A dynamic signal 3 m right of the road."""
    validity = "" if lanes is None else f'<validity fromLane="{lanes[0]}" toLane="{lanes[1]}"/>'
    attributes = {"type": "1000001", "dynamic": "yes", "t": "-5", "zOffset": "3", "height": "0.9"} | more
    listed = " ".join(f'{key}="{value}"' for key, value in attributes.items())
    return f'<signal id="{name}" name="" s="{s}" orientation="{orientation}" {listed}>{validity}</signal>'


def crossing_text(signals: dict[str, str] | None = None, controllers: str = "", junction: str = "") -> str:
    """OpenDRIVE text; ``signals`` is XML by road, ``controllers`` and ``junction`` XML of controllers."""
    listed = signals or {}

    def one(name: str, sections: str, **more: object) -> str:
        text = road(road_id=name, sections=sections, **more)  # type: ignore[arg-type]
        return text.replace("</road>", f"<signals>{listed.get(name, '')}</signals></road>")

    parts = []
    for name, angle in ARMS.items():
        pose = (OUTER_M * math.cos(angle), OUTER_M * math.sin(angle), angle + math.pi)
        link = '<successor elementType="junction" elementId="j"/>'
        parts.append(one(name, section(lane(1), lane(-1)), plan=OUTER_M - INNER_M, pose=pose, link=link))
    connections = []
    for source, target in (("west", "east"), ("east", "west"), ("south", "north"), ("north", "south")):
        name, angle = source[0] + target[0], ARMS[source]
        pose = (INNER_M * math.cos(angle), INNER_M * math.sin(angle), angle + math.pi)
        link = (
            f'<predecessor elementType="road" elementId="{source}" contactPoint="end"/>'
            f'<successor elementType="road" elementId="{target}" contactPoint="end"/>'
        )
        lanes = section(lane(-1, link='<predecessor id="-1"/><successor id="1"/>'))
        parts.append(one(name, lanes, plan=2.0 * INNER_M, pose=pose, link=link, junction="j"))
        connections.append(
            f'<connection id="{name}" incomingRoad="{source}" connectingRoad="{name}" contactPoint="start">'
            '<laneLink from="-1" to="-1"/></connection>'
        )
    return opendrive(*parts, controllers, f'<junction id="j" name="">{"".join(connections)}{junction}</junction>')
