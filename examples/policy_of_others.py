"""A policy of others, made on real roads: put behind the wheel here, as an ONNX file with a mount.

The University of Tartu's Autonomous Driving Lab trained PilotNets on the gravel roads of Rally Estonia and published
their weights (UT-ADL/e2e-rally-estonia on GitHub, Apache 2.0: ``nvidia-v1.pt`` to ``-v3.pt`` in
``models/lidar-camera-paper``). Nothing of theirs is in this package. With such files at hand,

    python examples/policy_of_others.py nvidia-v1.pt nvidia-v2.pt nvidia-v3.pt

writes ``nvidia-v1.onnx`` and the others beside a ``mount.yaml`` into ``runs/policy-of-others`` and drives them in four
seasons. Without, it does the same with a network of the same shape, made on the spot and untrained. What it writes is
what every command takes:

    wormdrive evaluate runs/policy-of-others/nvidia-v1.onnx --mount runs/policy-of-others/mount.yaml
    wormdrive drive runs/policy-of-others/nvidia-v1.onnx --mount runs/policy-of-others/mount.yaml --view

Drawn roads are not the roads that they know, and they do not drive them: with ``--drives 3 --length 120``, all wheels
stay in the lane in 1, 3 and 2 of 12 drives, and for 45, 52 and 38 m on average (the untrained network: none, 31 m).

PilotNet: M. Bojarski et al., *End to end learning for self-driving cars*, 2016 (arXiv 1604.07316). The mount's numbers
are those of the car and the camera that the lab states with its code: pictures of 1920x1208 pixels at a focal length of
970, of which 300 to 1620 across and 570 to 914 down, to a fifth of the size; the steering wheel's angle in radians,
14.7 times that of the wheels, of a car with a wheelbase of 2.79 m. The lens's distortion is not drawn here, and how far
the camera looked down is not known.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor, nn

import wormdrive
from wormdrive.scenarios.evaluate import embedded

OUT = Path("runs/policy-of-others")
MOUNT: dict[str, Any] = {
    "camera": {"width": 384, "height": 242, "fov_deg": 89.4, "z_m": 1.68, "pitch_rad": 0.0},
    "crop": {"left": 60, "right": 60, "top": 114, "bottom": 60},
    "colours": "RGB",
    "range": [0.0, 1.0],
    "output": {"quantity": "steering_angle", "unit": "rad", "steering_ratio": 14.7},
    "wheelbase_m": 2.79,
}
"""A fifth of the real camera's pixels is drawn at once, so that nothing has to be resized."""
PICTURE = (1, 3, 68, 264)


class PilotNet(nn.Module):
    """Five convolutions and four linear layers, normalised, with leaky units; weights are named as in the files."""

    def __init__(self) -> None:
        super().__init__()
        convolutions: list[nn.Module] = []
        for inputs, outputs, size, stride in (
            (3, 24, 5, 2),
            (24, 36, 5, 2),
            (36, 48, 5, 2),
            (48, 64, 3, 1),
            (64, 64, 3, 1),
        ):
            convolutions += [nn.Conv2d(inputs, outputs, size, stride), nn.BatchNorm2d(outputs), nn.LeakyReLU()]
        self.features = nn.Sequential(*convolutions, nn.Flatten())
        regressor: list[nn.Module] = []
        for inputs, outputs in ((1664, 100), (100, 50)):
            regressor += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.LeakyReLU()]
        self.regressor = nn.Sequential(*regressor, nn.Linear(50, 10), nn.LeakyReLU(), nn.Linear(10, 1))

    def forward(self, picture: Tensor) -> Tensor:
        """Pictures (B, 3, 68, 264) -> angles of the steering wheel (B, 1) [rad], positive to the left."""
        angle: Tensor = self.regressor(self.features(picture))
        return angle


def read(file: Path) -> PilotNet:
    """Read weights; ``weights_only`` keeps torch from running what a file may hold besides."""
    network = PilotNet()
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return network.eval()


def made_here() -> PilotNet:
    """Make a network of the same shape, untrained."""
    torch.manual_seed(0)
    return PilotNet().eval()


def convert(network: nn.Module, file: Path) -> None:
    """Write a network as an ONNX file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch would rather use its newer exporter, which wants one more package
        torch.onnx.export(
            network,
            (torch.zeros(PICTURE),),
            str(file),
            dynamo=False,
            input_names=["picture"],
            output_names=["angle"],
            dynamic_axes={"picture": {0: "batch"}, "angle": {0: "batch"}},
        )


def drive(file: Path, mount: Path, drives: int, length: float) -> dict[str, list[float]]:
    """Drive an ONNX file in four seasons by day: of each, successes, and metres before a wheel left the lane."""
    suite = wormdrive.load_suite("four-seasons").narrowed(weathers=["day"], episodes=drives, route_length_m=length)
    candidate = wormdrive.load_candidate(file, mount=mount)
    evaluation, _ = wormdrive.evaluate(candidate, suite, embedded())
    return {row.season: [row.successes, row.before_departure_m / drives] for row in evaluation.rows}


def main(arguments: Sequence[str] | None = None) -> None:
    """Convert, write the mount, drive, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="*", type=Path, help="files such as nvidia-v1.pt; none: a network made here")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--drives", type=int, default=5, help="a season")
    parser.add_argument("--length", type=float, default=200.0, help="of a drive [m]")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    networks = {file.stem: read(file) for file in chosen.weights} or {"pilotnet-untrained": made_here()}
    chosen.out.mkdir(parents=True, exist_ok=True)
    mount = chosen.out / "mount.yaml"
    mount.write_text(yaml.safe_dump(MOUNT, sort_keys=False))
    told = {}
    for name, network in networks.items():
        file = chosen.out / f"{name}.onnx"
        convert(network, file)
        told[name] = drive(file, mount, chosen.drives, chosen.length)
        if not chosen.json:
            said = ", ".join(
                f"{season} {successes} of {chosen.drives} ({metres:.0f} m)"
                for season, (successes, metres) in told[name].items()
            )
            print(f"{file}: drives in the lane, and metres before it was left: {said}", flush=True)
    if chosen.json:
        print(json.dumps(told))


if __name__ == "__main__":
    main()
