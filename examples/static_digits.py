"""Not for static data: hand-written digits of 8x8 pixels, which know no time, to liquid cells and to simple models.

Liquid networks are said to be made for streams and not for pictures that stand still. Here each picture is held
before the cells for four samples and their ten motor neurons are read at the last one. Beside them stand logistic
regression and a perceptron of one hidden layer, with about as many numbers, trained in the same way.

    python examples/static_digits.py
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

import torch
from contest import mean_and_range
from sklearn.datasets import load_digits
from torch import Tensor, nn

from wormdrive import LTC, CfC, Wiring

PIXELS, CLASSES, SAMPLES, BATCH = 64, 10, 4, 64
TEST = 497
"""Pictures that no model trains on; the others, 1,300, are shown to it."""
RATES = {"logistic regression": 0.03, "perceptron": 0.01, "CfC": 0.03, "LTC": 0.03}


class Held(nn.Module):
    """A liquid cell that looks at a picture for ``SAMPLES`` samples; ``factor`` and ``bias`` make scores of motors."""

    def __init__(self, cell: LTC | CfC) -> None:
        super().__init__()
        self.cell = cell
        self.factor = nn.Parameter(torch.full((CLASSES,), 4.0))
        self.bias = nn.Parameter(torch.zeros(CLASSES))

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, PIXELS) -> scores (B, CLASSES)."""
        stream = pictures.unsqueeze(1).expand(-1, SAMPLES, -1)
        motor, _ = self.cell(stream, self.cell.initial_state(len(pictures)))
        return self.factor * motor[:, -1] + self.bias


def make(name: str) -> nn.Module:
    """Build an untrained model of about 650 numbers."""
    if name == "logistic regression":
        return nn.Linear(PIXELS, CLASSES)
    if name == "perceptron":
        return nn.Sequential(nn.Linear(PIXELS, 8), nn.Tanh(), nn.Linear(8, CLASSES))
    wiring = Wiring.ncp(PIXELS, 12, 6, CLASSES, sensory_fan_out=1, inter_fan_out=2, recurrent_command=4, motor_fan_in=3)
    return Held(LTC(wiring) if name == "LTC" else CfC(wiring))


def fit(model: nn.Module, pictures: Tensor, digits: Tensor, rate: float, steps: int, seed: int) -> None:
    """Train with Adam on cross-entropy, the rate falling to zero."""
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        chosen = torch.randint(len(digits), (BATCH,), generator=generator)
        loss = nn.functional.cross_entropy(model(pictures[chosen]), digits[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()


def compete(steps: int, seeds: int) -> dict[str, Any]:
    """Train each model from every seed, which also splits the pictures: numbers, and % of test pictures misread."""
    data = load_digits()
    pictures = torch.tensor(data.data / 16.0, dtype=torch.float32)
    digits = torch.tensor(data.target, dtype=torch.int64)
    found: dict[str, Any] = {}
    for name, rate in RATES.items():
        wrong, numbers = [], 0
        for seed in range(seeds):
            order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(seed))
            test, train = order[:TEST], order[TEST:]
            torch.manual_seed(seed)
            model = make(name)
            numbers = sum(p.numel() for p in model.parameters())
            fit(model, pictures[train], digits[train], rate, steps, seed)
            with torch.no_grad():
                wrong.append(100.0 * float((model(pictures[test]).argmax(-1) != digits[test]).float().mean()))
        found[name] = {"numbers": numbers, "wrong_percent": wrong}
    return found


def _table(found: Mapping[str, Any]) -> str:
    lines = [f"{'':<22}{'numbers':>8}  misread [%]"]
    for name, one in found.items():
        lines.append(f"{name:<22}{one['numbers']:>8}  {mean_and_range(one['wrong_percent'], 1)}")
    return "\n".join(lines)


def main() -> None:
    """Parse the command line, train all models, print the table."""
    parser = argparse.ArgumentParser(description="Which of four small models reads digits that stand still?")
    parser.add_argument("--steps", type=int, default=1500, help="training steps of each model (default 1500)")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (default 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options = parser.parse_args()
    if options.steps < 1 or options.seeds < 1:
        parser.error(f"--steps {options.steps} --seeds {options.seeds}: allowed are whole numbers from 1 on")
    torch.set_num_threads(1)
    found = compete(options.steps, options.seeds)
    print(json.dumps(found) if options.json else _table(found))


if __name__ == "__main__":
    main()
