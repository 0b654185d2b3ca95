"""User commands: what a person at the cockpit can ask for, by which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "BUTTONS",
    "DRIVE",
    "KEYS",
    "REPLAY",
    "SEASON_KEYS",
    "WATCH",
    "Button",
    "Controls",
    "DriverCommand",
    "UserCommand",
]


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


@dataclass(frozen=True)
class Controls:
    """What can be asked for in a window.

    Attributes
    ----------
    buttons:
        From left to right; their keys are those of ``KEYS``.
    help_rows:
        Keys without a button, and what they do, for the help.
    weather:
        Season and weather can be changed.
    recorded:
        What is shown has been recorded, and can be scrubbed through.
    slots:
        So many buttons have room side by side; ``None``: as many as there are.
    """

    buttons: tuple[Button, ...]
    help_rows: tuple[tuple[str, str], ...] = ()
    weather: bool = True
    recorded: bool = False
    slots: int | None = None


KEYS: Final = {
    "n": "next", "r": "restart", "p": "pause", "s": "step", "f": "fast", "v": "film", "h": "help", "q": "quit",
    "escape": "quit", "f1": "help", "t": "take", "a": "saliency", "space": "pause", "tab": "follow", "]": "follow",
    "[": "follow_back",
}  # fmt: skip
"""pygame's names of keys, and what they ask for; 1 to 4 are the seasons, arrows steer (or seek, in a replay)."""

SEASON_KEYS: Final = ("1 2 3 4", "summer, autumn, winter, spring")
BUTTONS: Final = {
    button.user_command: button
    for button in (
        Button("Take over", "T", "take", "take the wheel and keep it, or let go"),
        Button("Pause", "P", "pause", "stop time and let it run on (Space, too)"),
        Button("Step", "S", "step", "one step of 1/30 s, then pause"),
        Button("Fast", "F", "fast", "two, then four times as fast, then normal again"),
        Button("Restart", "R", "restart", "the same road from its start"),
        Button("Next", "N", "next", "the next policy on the same road; the one before stays as a faint line"),
        Button("Gaze", "A", "saliency", "show where the network looks, or what it sees"),
        Button("Film", "V", "film", "start or end a film of this window, an mp4 file"),
        Button("Help", "H", "help", "show this help"),
    )
}
"""Buttons by what they ask for, as they are in a drive."""

DRIVE: Final = Controls(
    tuple(BUTTONS.values()),
    (
        SEASON_KEYS,
        ("Arrows", "steer, accelerate, brake: the wheel is yours until you let go"),
        ("Gamepad", "left stick and triggers, the same way"),
        ("Mouse", "everything; pressed on the road it steers"),
    ),
)
"""Of a drive."""

REPLAY: Final = Controls(
    (
        Button("Play", "P", "pause", "let it run, or stop (Space, too)"),
        Button("Step", "S", "step", "one frame on"),
        BUTTONS["fast"],
        Button("Start", "R", "restart", "back to the first frame"),
        BUTTONS["saliency"],
        BUTTONS["film"],
        BUTTONS["help"],
    ),
    (
        ("1 2 3 4", "the same drive in summer, autumn, winter, spring; 0 as it was recorded"),
        ("Arrows", "a frame back or on; up and down a second"),
    ),
    recorded=True,
)
"""Of a replay."""

WATCH: Final = Controls((BUTTONS["help"],), weather=False, slots=len(BUTTONS))
"""Of an environment that somebody else steps."""
