from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.scenarios.examples import made_up_videos
from wormdrive.scenarios.report.pictures import filmstrip_webp, webm, webp


def test_a_video_comes_back_from_its_webm(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    frames = made_up_videos(1.0)[0].frames
    data = webm(frames, 15.0)
    assert data is not None
    assert data[:4] == b"\x1aE\xdf\xa3"  # EBML: Matroska and WebM
    (tmp_path / "video.webm").write_bytes(data)
    capture = cv2.VideoCapture(str(tmp_path / "video.webm"))
    shown = []
    while (read := capture.read())[0]:
        shown.append(read[1][..., ::-1])
    assert len(shown) == len(frames)
    assert np.abs(np.stack(shown).astype(int) - frames).mean() < 6.0
    assert capfd.readouterr().err == ""


def test_filmstrip_holds_six_frames_over_their_saliency() -> None:
    video = made_up_videos(1.0)[0]
    picture = cv2.imdecode(np.frombuffer(filmstrip_webp(video.frames, video.saliency), np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture.shape[:2] == (2 * 78, 6 * 200 + 5 * 3)
    alone = cv2.imdecode(np.frombuffer(filmstrip_webp(video.frames, None), np.uint8), cv2.IMREAD_UNCHANGED)
    assert alone.shape[0] == 78


def test_a_picture_keeps_its_colours() -> None:
    frame = made_up_videos(1.0)[0].frames[0]
    back = cv2.imdecode(np.frombuffer(webp(frame), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.abs(back.astype(int) - frame).mean() < 6.0
    assert len(webp(frame, 30)) < len(webp(frame, 90))
