"""Untrusted XML to elements that know where they stand."""

from __future__ import annotations

import codecs
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.etree.ElementTree import Element as XmlElement
from xml.etree.ElementTree import ParseError, TreeBuilder, XMLParser

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from wormdrive.envs.common.errors import MapError
from wormdrive.envs.roads.opendrive.limits import MAX_BYTES, MAX_ELEMENTS, MAX_NUMBER, MAX_PROBLEMS

__all__ = ["Element", "Faults", "decode_xml", "parse_xml", "trimmed", "unpacked"]

_LONGEST_LEAD = 10_000
_BLANK = "\ufeff\0\x1a \t\r\n"
_PACKED = {
    b"PK\x03\x04": "ZIP",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"7z\xbc\xaf": "7z",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}


@dataclass
class Faults:
    """Where faults of one file go: fatal ones are raised, others collected.

    ``left_out`` names the roads that no sensible road was left of.
    """

    file: str
    problems: list[str] = field(default_factory=list)
    unlisted: int = 0
    left_out: list[str] = field(default_factory=list)

    def note(self, where: str, reason: str) -> None:
        """Keep a non-fatal fault."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(f"{where}: {reason}" if where else reason)
        else:
            self.unlisted += 1

    def leave_out(self, where: str, error: MapError) -> None:
        """Keep a fault of which an element has to be left out."""
        self.note(error.element, f"{error.reason}; {where} is left out")
        self.left_out.append(f"{where}: {error.reason}")


class _TooManyElementsError(Exception):
    pass


class _BoundedBuilder(TreeBuilder):
    """Builds the tree without namespaces and stops at the limit."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def start(self, tag: Any, attributes: Any, /) -> XmlElement:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise _TooManyElementsError
        return super().start(tag.rpartition("}")[2], attributes)

    def end(self, tag: Any, /) -> XmlElement:
        return super().end(tag.rpartition("}")[2])


def unpacked(data: bytes, file: str) -> bytes:
    """Unpack what was packed by gzip; all else stays as it is.

    Raises
    ------
    MapError
        It is damaged, larger than the limits allow, or packed in another way: says what to do.
    """
    for mark, packer in _PACKED.items():
        if data.startswith(mark):
            raise MapError(file, "", f"is packed by {packer}: unpack it first, or pack it by gzip")
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise MapError(file, "", f"is a damaged gzip file: {error}") from None
    if len(plain) > MAX_BYTES:
        raise MapError(file, "", f"unpacked, it is larger than {MAX_BYTES // 2**20} MiB, the most that are read")
    if not unpacker.eof:
        raise MapError(file, "", "is a damaged gzip file: its end is missing")
    return plain


def trimmed(text: str) -> tuple[str, str]:
    """Cut off what does not belong to the XML document before and behind it, and say what it was, if not just blanks.

    XML allows nothing, not even blanks, before ``<?xml``.
    """
    first = text.find("<")
    declared = text.find("<?xml", max(first, 0), max(first, 0) + _LONGEST_LEAD)
    misplaced = declared > first and "<OpenDRIVE" not in text[:declared]
    lead = text[: declared if misplaced else max(first, 0)]
    end = len(text.rstrip(_BLANK))
    remarks = []
    if lead.strip(_BLANK):
        remarks.append(f"{lead.strip(_BLANK)[:40]!r} before the first element; passed over")
    if text[end:].strip():
        remarks.append("NUL or Ctrl-Z behind the last element; passed over")
        text = text[:end]
    return text[len(lead) :], " and ".join(remarks)


def decode_xml(data: bytes) -> str:
    """Text of an XML file by its byte order mark or declaration, UTF-8 otherwise; unknown bytes are replaced."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = re.search(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""", data[:400])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii"), errors="replace")
        except (LookupError, ValueError):  # an encoding that Python does not know, or no text encoding
            pass
    return data.decode("utf-8", errors="replace")


def parse_xml(text: str, file: str) -> Element:
    """Parse a whole file.

    Raises
    ------
    MapError
        The text is no XML, declares entities, or is larger than the limits allow.
    """
    if len(text) > MAX_BYTES:
        raise MapError(file, "", f"{len(text) / 2**20:.0f} MiB: at most {MAX_BYTES // 2**20} MiB are read")
    # entities are declared in a DOCTYPE only, and every element has a "<": most files need not be watched meanwhile
    harmless = "<!DOCTYPE" not in text and text.count("<") <= MAX_ELEMENTS
    try:
        root = _parse(text) if harmless else _parse_guarded(text)
    except DefusedXmlException:
        raise MapError(file, "", "declares XML entities, which are not read for safety") from None
    except _TooManyElementsError:
        raise MapError(file, "", f"more than {MAX_ELEMENTS} XML elements") from None
    except (ParseError, ValueError, LookupError) as error:
        raise MapError(file, "", f"no well-formed XML: {error}") from None
    return Element(root, Faults(file))


def _parse(text: str) -> XmlElement:
    """Parse a text that can do no harm, several times as fast."""
    parser = XMLParser()  # noqa: S314  (the caller has looked)
    parser.feed(text)
    root = parser.close()
    if "xmlns" in text or "<xml:" in text:
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    return root


def _parse_guarded(text: str) -> XmlElement:
    """Parse any text; entities are forbidden by default."""
    parser = DefusedXMLParser(target=_BoundedBuilder())
    parser.feed(text)
    root: XmlElement = parser.close()
    return root


class Element:
    """An XML element with typed, checked attributes; complaints name the file and the element."""

    __slots__ = ("_parent", "faults", "xml")

    def __init__(self, xml: XmlElement, faults: Faults, parent: Element | None = None) -> None:
        self.xml = xml
        self.faults = faults
        self._parent = parent

    @property
    def tag(self) -> str:
        """The element's name without namespace."""
        return str(self.xml.tag)

    @property
    def where(self) -> str:
        """Such as ``road 12, laneSection 0.0, lane -1``."""
        names: list[str] = []
        element: Element | None = self
        while element is not None and element._parent is not None:
            names.append(_label(element.xml))
            element = element._parent
        return ", ".join(reversed([name for name in names if name]))

    def fail(self, reason: str) -> NoReturn:
        """Raise a ``MapError`` about this element."""
        raise MapError(self.faults.file, self.where, reason)

    def note(self, reason: str) -> None:
        """Keep a non-fatal fault of this element."""
        self.faults.note(self.where, reason)

    def child(self, tag: str) -> Element | None:
        """First child of that name."""
        found = self.xml.find(tag)
        return None if found is None else Element(found, self.faults, self)

    def children(self, tag: str) -> Iterator[Element]:
        """All children of that name, in order."""
        for found in self.xml.findall(tag):
            yield Element(found, self.faults, self)

    def __iter__(self) -> Iterator[Element]:
        for found in self.xml:
            yield Element(found, self.faults, self)

    def text(self, name: str, default: str = "") -> str:
        """Get an attribute as stripped text."""
        return str(self.xml.get(name, default)).strip()

    def number(
        self, name: str, default: float | None = None, *, minimum: float = -MAX_NUMBER, maximum: float = MAX_NUMBER
    ) -> float:
        """Get an attribute as a finite number; without ``default`` it must be there."""
        raw = self.xml.get(name)
        if raw is None:
            if default is None:
                self.fail(f"attribute {name} is missing")
            return default
        try:
            value = float(raw)
        except ValueError:
            self.fail(f"{name}={raw[:40]!r}: allowed is a number")
        if not minimum <= value <= maximum:  # also false for NaN
            self.fail(f"{name}={raw[:40]!r}: allowed are finite numbers from {minimum:g} to {maximum:g}")
        return value

    def value(self, name: str, default: float, *, minimum: float = -MAX_NUMBER, maximum: float = MAX_NUMBER) -> float:
        """Get a number that a road can do without: if it is none, the default, if out of bounds, cut; both noted."""
        raw = self.xml.get(name)
        if raw is None:
            return default
        value = float(raw) if self.is_number(name) else default
        cut = min(max(value, minimum), maximum)
        if cut != value or not self.is_number(name):
            self.note(f"{name}={raw[:40]!r}: allowed are numbers from {minimum:g} to {maximum:g}; read as {cut:g}")
        return cut

    def is_number(self, name: str) -> bool:
        """Whether the attribute, if present, is a finite number."""
        try:
            return math.isfinite(float(self.xml.get(name, "0")))
        except ValueError:
            return False

    def integer(self, name: str, limit: int) -> int | None:
        """Get an attribute as an integer of at most that magnitude; None, with a note, if it is missing or no such."""
        raw = self.xml.get(name)
        if raw is None:
            self.note(f"attribute {name} is missing")
            return None
        try:
            value = int(raw)
        except ValueError:
            self.note(f"{name}={raw[:40]!r}: allowed is an integer")
            return None
        if abs(value) > limit:
            self.note(f"{name}={raw[:40]!r}: allowed are integers of magnitude up to {limit}")
            return None
        return value


def _label(xml: XmlElement) -> str:
    for name in ("id", "s", "sOffset"):
        value = xml.get(name)
        if value is not None:
            value = value.strip()[:40]
            if name != "id":
                try:
                    value = f"at {name}={float(value):g}"
                except ValueError:
                    value = f"at {name}={value!r}"
            return f"{xml.tag} {value}"
    return str(xml.tag)
