"""Page: a text of bounded length, with the lines that all queries begin and end with."""

from __future__ import annotations

import time
from typing import Final, NoReturn

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.reader import RecordingFile

__all__ = ["LONGEST", "Page", "plain"]

LONGEST: Final = 32 * 2**20
"""Characters of an answer."""


def plain(*numbers: float) -> str:
    """Write numbers as C++ does by default, with commas between them."""
    return ", ".join(f"{number:g}" for number in numbers)


class Page:
    """Collects lines.

    Raises
    ------
    RequestError
        By ``line``: the text gets too long to be sent.
    """

    def __init__(self, recording: RecordingFile) -> None:
        self._recording = recording
        self._lines: list[str] = []
        self._length = 0
        self.line("Version: 1")
        self.line(f"Map: {recording.map_name}")
        self.line(f"Date: {_date(recording.date_s)}")
        self.line()

    def line(self, text: str = "") -> None:
        """Add a line."""
        self._length += len(text) + 1
        if self._length > LONGEST:
            self.full()
        self._lines.append(text)

    def full(self) -> NoReturn:
        """Refuse to tell more."""
        raise RequestError(
            f"{self._recording.path}: there are more than {LONGEST} characters to say of it: ask for less"
        )

    def end(self, duration: str = "") -> str:
        """Add the last lines, and return the text."""
        numbers = self._recording.numbers
        self.line()
        self.line(f"Frames: {numbers[-1] if numbers else 0}")
        self.line(f"Duration: {duration or plain(self._recording.total_s)} seconds")
        return "\n".join(self._lines) + "\n"


def _date(seconds: int) -> str:
    try:
        return time.strftime("%m/%d/%y %H:%M:%S", time.localtime(seconds))
    except (OverflowError, ValueError, OSError):  # anybody may have written it
        return str(seconds)
