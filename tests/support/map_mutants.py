"""Break OpenDRIVE texts at random, as editors, exporters and people do."""

from __future__ import annotations

import random
import re

__all__ = ["mutant"]

_ATTRIBUTE = re.compile(r'\b[A-Za-z]+="[^"]*"')
_OPENING = re.compile(r"<([A-Za-z]\w*)\b[^<>]*?(/?)>")
_VALUES = (
    "", "nan", "inf", "-inf", "abc", "1e400", "-5", "0", "1", "2", "-1", "-2", "-3", "9", "99", "1e9", "2e9", "1e-12",
    "2.2e-7", "-1e-9", " 7 ", "1_0", "\u0661", "none", "solid", "broken", "driving", "Driving", "border", "start",
    "end", "road", "junction", "true", "direct", "virtual", "LHT", "0x10", "007", "300", "50.5", "0.005", "-0.01", "+",
)  # fmt: skip
_ABRUPT = ("<road", "<geometry", "<laneSection", "<lane", "<width", "<link", "<junction", "<connection", "<laneLink")


def mutant(text: str, random_: random.Random) -> str:
    """Break a text in one to five places."""
    for _ in range(random_.choice((1, 1, 1, 2, 3, 5))):
        text = random_.choice(_WAYS)(text, random_)
    return text


def _set_value(text: str, random_: random.Random) -> str:
    found = [match.span() for match in _ATTRIBUTE.finditer(text)]
    if not found:
        return text
    begin, end = random_.choice(found)
    name = text[begin:end].split("=")[0]
    return f'{text[:begin]}{name}="{random_.choice(_VALUES)}"{text[end:]}'


def _take_value_of_another(text: str, random_: random.Random) -> str:
    found = list(_ATTRIBUTE.finditer(text))
    if not found:
        return text
    one = random_.choice(found)
    name = one[0].split("=")[0]
    other = random_.choice([match[0] for match in found if match[0].startswith(f"{name}=")])
    return text[: one.start()] + other + text[one.end() :]


def _scale_value(text: str, random_: random.Random) -> str:
    found = [match for match in _ATTRIBUTE.finditer(text) if re.fullmatch(r'\w+="[-+.\deE]+"', match[0])]
    if not found:
        return text
    one = random_.choice(found)
    name, value = one[0].rstrip('"').split('="')
    try:
        number = float(value) * random_.choice((-1.0, 0.5, 2.0, 1.001, 100.0)) + random_.choice((0.0, 0.0, 1e-9, 5.0))
    except ValueError:
        return text
    return f'{text[: one.start()]}{name}="{number!r}"{text[one.end() :]}'


def _drop_attribute(text: str, random_: random.Random) -> str:
    found = [match.span() for match in _ATTRIBUTE.finditer(text)]
    if not found:
        return text
    begin, end = random_.choice(found)
    return text[:begin] + text[end:]


def _element(text: str, random_: random.Random) -> tuple[int, int] | None:
    """Where a random element begins and ends; rare names as likely as frequent ones."""
    found = [match for match in _OPENING.finditer(text) if match[1] != "OpenDRIVE"]
    if not found:
        return None
    name = random_.choice(sorted({match[1] for match in found}))
    one = random_.choice([match for match in found if match[1] == name])
    if one[2]:
        return one.span()
    depth = 0
    for match in re.finditer(rf"<(/?){name}\b[^<>]*?(/?)>", text[one.start() :]):
        depth += -1 if match[1] else int(not match[2])
        if depth == 0:
            return one.start(), one.start() + match.end()
    return None


def _drop_element(text: str, random_: random.Random) -> str:
    place = _element(text, random_)
    return text if place is None else text[: place[0]] + text[place[1] :]


def _repeat_element(text: str, random_: random.Random) -> str:
    place = _element(text, random_)
    return text if place is None else text[: place[1]] + text[place[0] : place[1]] + text[place[1] :]


def _move_element(text: str, random_: random.Random) -> str:
    place = _element(text, random_)
    if place is None:
        return text
    moved, rest = text[place[0] : place[1]], text[: place[0]] + text[place[1] :]
    other = _element(rest, random_)
    return text if other is None else rest[: other[0]] + moved + rest[other[0] :]


def _rename(text: str, random_: random.Random) -> str:
    name = random_.choice(_ABRUPT)[1:]
    new = random_.choice(("zz", "width", "lane", "road", "x"))
    return re.sub(rf"<(/?){name}\b", lambda match: f"<{match[1]}{new}", text, count=random_.choice((0, 2)))


_WAYS = (
    _set_value, _set_value, _set_value, _set_value, _take_value_of_another, _take_value_of_another, _scale_value,
    _drop_attribute, _drop_element, _drop_element, _repeat_element, _move_element, _rename,
)  # fmt: skip
