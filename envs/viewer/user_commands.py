"""User commands: what a person at the cockpit can ask for, by which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DRIVE", "KEYS", "REPLAY", "WATCH", "Button", "DriverCommand", "UserCommand"]


@dataclass(frozen=True)
class UserCommand:
    """Something asked for, such as ``UserCommand("pause")`` or ``UserCommand("control", "fog", 0.4)``.

    ``season`` carries the season's place (0 to 3); ``control`` the slider's name and where it was put; ``seek`` the
    share of the drive (0 to 1), ``skip`` a number of frames.
    """

    what: str
    name: str = ""
    value: float = 0.0


@dataclass(frozen=True)
class DriverCommand:
    """What the person does with wheel and pedals.

    ``steer`` in [-1, 1], +1 full right: where an axis stands, or keys push to (``keys``). ``pedal`` in [-1, 1], brake
    to throttle. ``on``: a hand is on the wheel.
    """

    steer: float = 0.0
    pedal: float = 0.0
    on: bool = False
    keys: bool = False


@dataclass(frozen=True)
class Button:
    """A button: its label, its key's label, what it asks for, and what it does, for the help."""

    label: str
    key: str
    user_command: str
    help_text: str


KEYS: Final = {
    "n": "next", "r": "restart", "p": "pause", "s": "step", "f": "fast", "v": "film", "h": "help", "q": "quit",
    "escape": "quit", "f1": "help", "t": "take", "a": "saliency", "space": "pause",
}  # fmt: skip
"""pygame's names of keys, and what they ask for; 1 to 4 are the seasons, arrows steer (or seek, in a replay)."""

_PAUSE: Final = Button("Pause", "P", "pause", "stop time and let it run on (Space, too)")
_SIGHT: Final = Button("Gaze", "A", "saliency", "show where the network looks, or what it sees")
_FILM: Final = Button("Film", "V", "film", "start or end a film of this window, an mp4 file")
_HELP: Final = Button("Help", "H", "help", "show this help")

DRIVE: Final = (
    Button("Take over", "T", "take", "take the wheel and keep it, or let go"),
    _PAUSE,
    Button("Step", "S", "step", "one step of 1/30 s, then pause"),
    Button("Fast", "F", "fast", "two, then four times as fast, then normal again"),
    Button("Restart", "R", "restart", "the same road from its start"),
    Button("Next", "N", "next", "the next policy on the same road; the one before stays as a faint line"),
    _SIGHT,
    _FILM,
    _HELP,
)
"""Buttons of a drive."""

REPLAY: Final = (
    Button("Play", "P", "pause", "let it run, or stop (Space, too)"),
    Button("Step", "S", "step", "one frame on"),
    Button("Fast", "F", "fast", "two, then four times as fast, then normal again"),
    Button("Start", "R", "restart", "back to the first frame"),
    _SIGHT,
    _FILM,
    _HELP,
)
"""Buttons of a replay."""

WATCH: Final = (_HELP,)
"""Buttons of an environment that somebody else steps."""
