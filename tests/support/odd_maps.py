"""Maps on which CARLA's client died or threw, or read another road than we do: one oddity each."""

from __future__ import annotations

from typing import Final

from tests.support.opendrive_text import lane, opendrive, road, section

__all__ = ["ODD_MAPS"]

TO_JUNCTION = '<successor elementType="junction" elementId="9"/>'
FROM_JUNCTION = '<predecessor elementType="junction" elementId="9"/>'
TO_TWO = '<successor elementType="road" elementId="2" contactPoint="start"/>'
FROM_ONE = '<predecessor elementType="road" elementId="1" contactPoint="end"/>'
TO_THREE = '<successor elementType="road" elementId="3" contactPoint="start"/>'
FROM_TWO = '<predecessor elementType="road" elementId="2" contactPoint="end"/>'
ONWARDS = section(lane(-1, link='<predecessor id="-1"/><successor id="-1"/>'))
TWO_LANES = section(lane(-1), lane(-2))


def alone(sections: str = "", **more: object) -> str:
    return opendrive(road(sections=sections, **more))  # type: ignore[arg-type]


def in_a_row(middle: str, x: float = 60.0) -> str:
    """Road 1 of 60 m, what lies between, and road 3 from ``x`` on."""
    one = road(60.0, ONWARDS, "1", link=TO_TWO)
    return opendrive(one, middle, road(60.0, ONWARDS, "3", link=FROM_TWO, pose=(x, 0.0, 0.0)))


def at_junction(connection: str, kind: str = "default", middle: str = "", x: float = 60.0) -> str:
    """Roads 1 and 3 at a junction."""
    one = road(60.0, section(lane(-1), lane(-2), lane(1)), "1", link=TO_JUNCTION)
    three = road(60.0, section(lane(-1), lane(1)), "3", link=FROM_JUNCTION, pose=(x, 0.0, 0.0))
    return opendrive(one, middle, three, f'<junction id="9" name="" type="{kind}">{connection}</junction>')


def _mark(text: str) -> str:
    return section(lane(-1, mark=f'<roadMark type="solid" color="white" {text}'))


_LATE_WIDTHS = '<width sOffset="10" a="3.5" b="0.01" c="0" d="0"/><width sOffset="50" a="4" b="0" c="0" d="0"/>'
_BORDERS = '<border sOffset="0" a="-3.5" b="0" c="0" d="0"/><border sOffset="30" a="-3.5" b="0" c="-0.001" d="0"/>'
_OUTER = '<border sOffset="0" a="-7" b="0.01" c="0" d="0"/>'
_SIGNAL = '<signal id="{}" s="{}" t="-5" orientation="+" dynamic="yes" type="1000001" zOffset="0"/>'

ODD_MAPS: Final = {
    "late lane offset": alone(lane_offset='<laneOffset s="50" a="2" b="0" c="0" d="0"/>'),
    "late elevation": alone(
        extra='<elevationProfile><elevation s="50" a="5" b="0.1" c="0" d="0"/></elevationProfile>'
    ),
    "late superelevation": alone(
        extra='<lateralProfile><superelevation s="50" a="0.1" b="0" c="0" d="0"/></lateralProfile>'
    ),
    "late width": alone(section(lane(-1, width=_LATE_WIDTHS))),
    "no width": alone(section(lane(-1), lane(-2, "sidewalk", width=" "))),
    "absurd width": alone(section(lane(-1, width='<width sOffset="0" a="3" b="0" c="-0.01" d="0"/>'), lane(-2))),
    "borders": alone(
        section(lane(-1, width=_BORDERS), lane(-2, width=_OUTER), lane(1)),
        lane_offset='<laneOffset s="20" a="0.5" b="0.01" c="0" d="0"/>',
    ),
    "link to a missing lane": alone(
        section(lane(-1, link='<successor id="-3"/>')) + section(lane(-1, link='<predecessor id="-1"/>'), s=50.0)
    ),
    "link to a missing road": alone(section(lane(-1, link='<successor id="-1"/>')), link=TO_TWO),
    "link without a road": opendrive(road(100.0, ONWARDS, "1"), road(100.0, TWO_LANES, "0", pose=(0.0, 90.0, 0.0))),
    "connection to a missing road": at_junction(
        '<connection id="0" incomingRoad="1" connectingRoad="99" contactPoint="start"><laneLink from="-1" to="-1"/>'
        "</connection>"
    ),
    "connection of missing lanes": at_junction(
        '<connection id="0" incomingRoad="1" connectingRoad="3" contactPoint="start"><laneLink from="-1" to="-7"/>'
        '<laneLink from="-1" to="-1"/></connection>'
    ),
    "connection without lanes": at_junction(
        '<connection id="0" incomingRoad="1" connectingRoad="2" contactPoint="start"/>',
        middle=road(9.0, section(lane(-1)), "2", link=FROM_ONE + TO_THREE, junction="9", pose=(60.0, 0.0, 0.0)),
        x=69.0,
    ),
    "direct junction": at_junction(
        '<connection id="0" incomingRoad="1" linkedRoad="3" contactPoint="start"><laneLink from="-1" to="-1"/>'
        '<laneLink from="1" to="1"/></connection>',
        kind="direct",
    ),
    "fork at a direct junction": opendrive(
        road(60.0, section(lane(-1), lane(-2), lane(1)), "1", link=TO_JUNCTION),
        road(60.0, section(lane(-1), lane(1)), "2", link=FROM_JUNCTION, pose=(60.0, 0.0, 0.0)),
        road(60.0, section(lane(-1)), "3", link=FROM_JUNCTION, pose=(60.0, -3.5, 0.0)),
        '<junction id="9" name="" type="direct">'
        '<connection id="0" incomingRoad="2" linkedRoad="1" contactPoint="end"><laneLink from="1" to="1"/>'
        '<laneLink from="-1" to="-1"/></connection>'
        '<connection id="1" incomingRoad="1" linkedRoad="3" contactPoint="start"><laneLink from="-2" to="-1"/>'
        "</connection></junction>",
        version="1.8",
    ),
    "missing junction": alone(junction="77"),
    "junction called like a road": in_a_row(
        road(9.0, ONWARDS, "2", link=FROM_ONE + TO_THREE, pose=(60.0, 0.0, 0.0)), x=69.0
    ).replace(
        "</OpenDRIVE>", '<junction id="2" name=""/><junction id="2" name="again"/></OpenDRIVE>'
    ),
    "gaps in lane ids": alone(
        section(lane(-2), lane(-5, "shoulder"), lane(3), lane(7))
        + section(lane(-2, link='<predecessor id="-2"/>'), lane(4, link='<predecessor id="3"/>'), s=40.0),
        extra=f"<signals>{_SIGNAL.format('7', 9).replace('/>', '>')}"
        '<validity fromLane="-5" toLane="-2"/></signal></signals>',
    ),
    "a road id twice": opendrive(road(100.0), road(100.0, pose=(0.0, 50.0, 0.0))),
    "road ids of letters": in_a_row(
        road(0.5, ONWARDS, "2", link=FROM_ONE + TO_THREE, pose=(60.0, 0.0, 0.0))
    ).replace('"1"', '"west"').replace('"3"', '"007"'),
    "tiny road": in_a_row(road(2.2e-7, ONWARDS, "2", link=FROM_ONE + TO_THREE, pose=(60.0, 0.0, 0.0))),
    "geometry without length": in_a_row(
        road(
            '<geometry s="0" x="60" y="0" hdg="0" length="0"><arc curvature="0.1"/></geometry>', ONWARDS, "2",
            length=0.1, link=FROM_ONE + TO_THREE,
        )
    ),
    "curves that are none": alone(
        plan='<geometry s="0" x="0" y="0" hdg="0" length="40"><arc curvature="0"/></geometry>'
        '<geometry s="40" x="40" y="0" hdg="0" length="40"><spiral curvStart="0.01" curvEnd="0.01"/></geometry>',
        length=90.0,
    ),
    "a reference line that begins late": alone(
        plan='<geometry s="5" x="5" y="0" hdg="0" length="95"><userData/><line/></geometry>', length=100.0
    ),
    "mark below zero": alone(_mark('sOffset="-1.8e-15" width="0.12"/>')),
    "mark of width -1": alone(_mark('sOffset="0" width="-1"/>')),
    "mark without width": alone(_mark('sOffset="0" width=""/>')),
    "line below zero": alone(
        _mark(
            'sOffset="0" width="0.2"><type name="solid" width="-1"><line length="-1" space="0" sOffset="-1e-9"/></type>'
            "</roadMark>"
        )
    ),
    "single side": alone(
        section(lane(1), lane(-1), lane(-2), centre='<roadMark sOffset="10" type="solid" width="0.1"/>')
        + '<laneSection s="50" singleSide="true"><left>'
        + lane(1, link='<predecessor id="1"/>') + lane(2) + "</left></laneSection>"
    ),
    "sections without length": alone(
        section(lane(-1, link='<successor id="-1"/>')) + section(lane(-1), lane(-2), s=40.0) + section(lane(-1), s=40.0)
        + section(lane(-1), s=100.0) + section(lane(-1), s=900.0)
    ),
    "sections out of order": alone(section(lane(-1), lane(-2), s=60.0) + section(lane(-1), s=0.002)),
    "no centre lane": alone(section(lane(-1)).replace("<center>", "<center><!--").replace("</center>", "--></center>")),
    "lanes on the wrong side": alone(section(lane(-1), lane(-2)).replace("<left>", f"<left>{lane(-9)}{lane(0)}")),
    "lanes in two groups": alone(section(lane(-1)).replace("<right>", f"<right>{lane(-2)}</right><right>")),
    "lane types of others": alone(section(lane(-1, "Driving"), lane(-2, "mwyEntry"), lane(1, "driving"))),
    "numbers of Python's": alone(
        section(lane(-1, width='<width sOffset="0" a="3_5e-1" b="0" c="0" d="0"/>'), lane(-2, width=3.0)),
        lane_offset='<laneOffset s="0" a="\u0661" b="0" c="0" d="0"/>',
    ),
    "signals nowhere": alone(
        extra=f"<signals>{_SIGNAL.format('1', -3)}{_SIGNAL.format('1', 5)}{_SIGNAL.format('2', 900)}"
        f'{_SIGNAL.format("3", "nan")}<signalReference id="9" s="1" t="1" orientation="+"/></signals>'
    ).replace("</OpenDRIVE>", '<controller id="5"><control signalId="44"/></controller></OpenDRIVE>'),
    "objects called speed": alone(
        extra='<objects><object id="1" name="Speed_fast" s="-5" t="3" type="none"/>'
        '<object id="2" name="walk" s="500" t="0" type="crosswalk"/></objects>'
    ),
    "names with prefixes": alone().replace("<OpenDRIVE>", '<o:OpenDRIVE xmlns:o="http://a.b">').replace(
        "</OpenDRIVE>", "</o:OpenDRIVE>"
    ),
}  # fmt: skip
