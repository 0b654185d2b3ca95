"""Rows of audits that were never made."""

from __future__ import annotations

from wormdrive.audited_trainings.audit_row import AuditedTraining, AuditRow
from wormdrive.audited_trainings.figures import NAMES


def row(kind: str, seed: int, recipe: str = "blind", **figures: float) -> AuditRow:
    """Return a row with these figures and no others."""
    training = AuditedTraining(kind, recipe, seed, f"{seed:064x}")
    return AuditRow(training, dict.fromkeys(NAMES) | figures)


ROWS = [
    *(row("ncp", seed, road_share=0.5 + 0.01 * seed, half_life_s=0.033) for seed in range(3)),
    *(row("feedforward", seed, road_share=0.2 + 0.01 * seed) for seed in range(3)),
    row("ncp", 0, "paper", road_share=0.3),
    row("told the road", 0, "", road_share=1.0),
]
