"""Draw the pictures of the page on concepts when the site is built; they lie nowhere but on the site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from numpy.typing import NDArray

from wormdrive import (
    CameraConfig,
    Conditions,
    Disturbances,
    DisturbedSimulator,
    EmbeddedSimulator,
    Expert,
    Scenario,
    Wiring,
    load_policy,
)
from wormdrive.agents.wirings.wiring_picture import draw_wiring
from wormdrive.perception.saliency import visual_backprop

STEPS = 60
"""Driven before a picture is taken: two seconds."""
WEATHERS = (
    ("summer", "day"), ("summer", "dusk"), ("spring", "fog"),
    ("autumn", "rain"), ("winter", "day"), ("winter", "night"),
)  # fmt: skip
DISTURBED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("none", {}),
    ("noise", {"noise": {"deviation": 0.15}}),
    ("blur", {"blur": {"sigma": 3.0}}),
    ("glare", {"glare": {"strength": 0.8}}),
    ("dirt", {"dirt": {"cover": 0.15}}),
    ("occlusion", {"occlusion": {"cover": 0.15}}),
    ("exposure", {"exposure": {"stops": 2.0}}),
    ("mount", {"mount": {"roll_deg": 6.0, "pitch_deg": 4.0}}),
)
CLASS_COLOURS = np.random.default_rng(5).integers(60, 256, (256, 3)).astype(np.uint8)

Picture = NDArray[np.uint8]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pictures to the files of the site."""
    for name, content in pictures().items():
        files.append(File.generated(config, f"pictures/{name}", content=content))
    return files


@cache
def pictures() -> dict[str, bytes]:
    """Return name -> content of each; the same bytes every time."""
    torch.set_num_threads(1)
    drawn: dict[str, Callable[[], bytes]] = {
        "weathers.jpg": _weathers,
        "observations.jpg": _observations,
        "eyes.jpg": _eyes,
        "disturbances.jpg": _disturbances,
        "wiring.svg": _wiring,
    }
    return {name: draw() for name, draw in drawn.items()}


def _scenario(season: str, weather: str = "day", **more: Any) -> Scenario:
    return Scenario(conditions=Conditions.preset(season, weather), route_seed=7, seed=5, route_length_m=400.0, **more)


def _drive(simulator: Any, scenarios: list[Scenario]) -> Any:
    observation = simulator.reset(scenarios)
    expert = Expert(simulator)
    for _ in range(STEPS):
        observation = simulator.step(expert.act(observation))
    return observation


def _weathers() -> bytes:
    simulator = EmbeddedSimulator(len(WEATHERS), camera=CameraConfig(width=400, height=200))
    frames = _drive(simulator, [_scenario(*names) for names in WEATHERS]).camera
    return _jpeg(_sheet([_named(frame, " ".join(names)) for frame, names in zip(frames, WEATHERS, strict=True)], 3))


def _observations() -> bytes:
    simulator = EmbeddedSimulator(1, camera=CameraConfig(width=400, height=200), segmentation=True, depth=True)
    seen = _drive(simulator, [_scenario("autumn")])
    near = 255.0 * np.exp(-seen.depth[0] / 40.0)
    shown = [seen.camera[0], CLASS_COLOURS[seen.segmentation[0]], np.repeat(near[..., None], 3, 2).astype(np.uint8)]
    names = ("camera", "segmentation", "depth")
    return _jpeg(_sheet([_named(frame, name) for frame, name in zip(shown, names, strict=True)], 3))


def _eyes() -> bytes:
    """Frame, what preprocessing makes of it, and what the head looks at, in summer and in winter."""
    policy = load_policy("ncp")
    preprocessor, head = policy.eyes
    frames = _drive(EmbeddedSimulator(2, camera=policy.camera), [_scenario("summer"), _scenario("winter")]).camera
    tensor = torch.from_numpy(frames)
    inputs = preprocessor(preprocessor.reduce(tensor))[:, 0].numpy()
    maps = visual_backprop(preprocessor, head, tensor).numpy()
    shown = []
    for frame, seen, looked in zip(frames, inputs, maps, strict=True):
        grey = np.clip(127.5 + 50.0 * seen, 0, 255).astype(np.uint8)
        heat = cv2.applyColorMap((255 * looked).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
        shown += [frame, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), cv2.addWeighted(frame, 0.4, heat, 0.8, 0.0)]
    names = ("camera", "input of the network", "where the head looks")
    large = [cv2.resize(one, (400, 156), interpolation=cv2.INTER_NEAREST) for one in shown]
    return _jpeg(_sheet([_named(one, names[i % 3]) for i, one in enumerate(large)], 3))


def _disturbances() -> bytes:
    simulator = DisturbedSimulator(EmbeddedSimulator(len(DISTURBED), camera=CameraConfig(width=300, height=150)))
    scenarios = [_scenario("summer", disturbances=Disturbances(**kinds)) for _, kinds in DISTURBED]
    frames = _drive(simulator, scenarios).camera
    return _jpeg(_sheet([_named(frame, name) for frame, (name, _) in zip(frames, DISTURBED, strict=True)], 4))


def _wiring() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return draw_wiring(Wiring.ncp(), Path(folder) / "wiring.svg").read_bytes()


def _named(frame: Picture, name: str) -> Picture:
    """Write a name into the upper left corner."""
    marked = np.ascontiguousarray(frame)
    for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(marked, name, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, width, cv2.LINE_AA)
    return marked


def _sheet(frames: list[Picture], columns: int) -> Picture:
    rows = [np.concatenate(frames[i : i + columns], axis=1) for i in range(0, len(frames), columns)]
    return np.concatenate(rows)


def _jpeg(picture: Picture) -> bytes:
    return cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
