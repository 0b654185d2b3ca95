from __future__ import annotations

import numpy as np
import pygame
import pytest

from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import BLUE, GHOST, GREEN
from wormdrive.envs.viewer.history import DriveHistory
from wormdrive.envs.viewer.lane_view import LANE_VIEW
from wormdrive.envs.viewer.panels.charts import ChartsPanel
from wormdrive.envs.viewer.scene import Scene

BOX = PanelBox(0, 0, 800, 160)
STEPS = 90


def drive(steer: float, offset_m: float) -> DriveHistory:
    """Ever more of both, so that the lines are slanted and pass through the middles of pixels."""
    steps = np.arange(float(STEPS))
    still, more = np.zeros(STEPS), 0.5 + steps / STEPS
    return DriveHistory.of(
        time_s=steps / 30.0, station_m=steps, offset_m=offset_m * more, steer=steer * more, speed_mps=still,
        x_m=still, y_m=still, heading_rad=still, heading_error_rad=still, curvature=still, person=still,
    )  # fmt: skip


def middle_of(colour: tuple[int, int, int], history: DriveHistory, ghost: DriveHistory | None, half: int) -> float:
    """Mean row of a colour in the upper (0) or lower (1) chart, from its middle; positive below it."""
    surface = pygame.Surface((BOX.width, BOX.height))
    panel = ChartsPanel(Pen(surface, 1.0), BOX, LANE_VIEW, whole=True)
    road = np.zeros((4, 4, 3), np.uint8)
    panel.draw(Scene(roads=(road,), history=history, cursor=STEPS - 1), None, ghost)
    strip = panel._strips[half]
    found = pygame.surfarray.array3d(surface).swapaxes(0, 1)[strip.y : strip.y + strip.height, 130:700]
    rows = np.argwhere((np.abs(found.astype(int) - np.array(colour)) <= 30).all(axis=2))[:, 0]
    return float(rows.mean() - strip.height / 2)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_left_is_up_of_the_drive_and_of_the_one_beneath(side: float) -> None:
    """Steering is +1 full right, the offset positive to the left: both charts show the left above."""
    right, left = drive(0.08 * side, -0.8 * side), drive(-0.05 * side, 0.9 * side)
    for half, colour in ((0, BLUE), (1, GREEN)):
        assert side * middle_of(colour, right, None, half) > 5.0
        assert side * middle_of(colour, right, left, half) > 5.0
        assert side * middle_of(GHOST, right, left, half) < -5.0
