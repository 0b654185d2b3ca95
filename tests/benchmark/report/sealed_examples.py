"""Made-up drives in sealed conditions, and the files that lie beside a table of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import BENCHMARK, MODELS, RECIPES, by_chance, made_table
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.sealed_evidence import SealedEvidence, sealed_evidence

SEED = "0123456789abcdef0123456789abcdef"
SEALED_BENCHMARK = BENCHMARK.model_copy(update={"sealed_seed_sha256": hashlib.sha256(SEED.encode()).hexdigest()})
COVERS = {"bare day": 0.0, "bare night": 0.0, "dusting": 0.1, "slush": 0.4, "deep": 0.6, "deepest": 0.9}
ROUTES = 4

_SUITE = "maps: [country_loop]\nepisodes: 4\nroute_length_m: 200\ngiven:\n" + "".join(
    f"  {name}: {{season: winter, conditions.season.snow_cover: {cover}}}\n" for name, cover in COVERS.items()
)


def write_opened(folder: Path, **changed: Any) -> Path:
    """Write conditions and the record of their opening, but for what is changed in it; return where a table may lie."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sealed.yaml").write_text(_SUITE, encoding="utf-8")
    record = {
        "benchmark": "settled-question",
        "seed": SEED,
        "seed_sha256": hashlib.sha256(SEED.encode()).hexdigest(),
        "conditions_sha256": hashlib.sha256(_SUITE.encode()).hexdigest(),
        "trainings": 45,
        "trainings_sha256": "00ff",
        "trained_until": "2026-11-30T17:13:51+00:00",
        "unsealed_at": "2026-11-30T17:14:36+00:00",
    }
    (folder / "unsealed.json").write_text(json.dumps(record | changed), encoding="utf-8")
    return folder / "drives.csv"


def sealed_table(seeds: int = 5, recipes: tuple[str, ...] = RECIPES) -> DriveTable:
    """Winter, by chance, and sealed conditions: `informed` stands all snow but the deepest, others none."""
    rows = [
        drive_row(
            recipe=recipe, model=model, seed=seed, suite="sealed", season="winter", weather="given", shift=name,
            route=route, success=cover == 0.0 or (recipe == "informed" and cover < 0.9),
        )
        for recipe in recipes for model in MODELS for seed in range(seeds)
        for name, cover in COVERS.items() for route in range(ROUTES)
    ]  # fmt: skip
    return DriveTable((*made_table(by_chance).rows, *rows))


def made_sealed(folder: Path, table: DriveTable | None = None) -> SealedEvidence:
    """What such a table says."""
    evidence = Evidence(sealed_table() if table is None else table, SEALED_BENCHMARK)
    made = sealed_evidence(evidence, [write_opened(folder)])
    assert made is not None
    return made
