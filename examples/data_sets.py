"""Recorded drives in the formats of others: as Minari, LeRobot, Parquet and CSV, each read again by its own library.

    python examples/data_sets.py --out runs/data-sets

needs `pip install 'wormdrive[minari,lerobot]'`; what is written stays in the folder.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import minari
import pyarrow.parquet as pq

import wormdrive


def read_minari(out: Path) -> int:
    """Count transitions, and see that the environment comes back that they are from."""
    data = minari.MinariDataset(out / "data")  # below Minari's own folder: minari.load_dataset("summer-v0")
    if data.recover_environment().observation_space != data.observation_space:
        raise ValueError(f"{out}: another environment")
    return sum(len(episode) for episode in data)


def read_lerobot(out: Path) -> int:
    """Count frames; with lerobot installed it is ``LeRobotDataset("me/summer", root=out)``."""
    info = json.loads((out / "meta" / "info.json").read_text())
    table = pq.read_table(out / info["data_path"].format(chunk_index=0, file_index=0))
    return len(table["action"])


def read_parquet(out: Path) -> int:
    """Count frames; pandas and polars read it, too."""
    return len(pq.read_table(out, columns=["lateral_offset_m"]))


def read_csv(out: Path) -> int:
    """Count frames."""
    with out.open(newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


READERS: dict[str, tuple[str, Callable[[Path], int]]] = {
    "minari": ("summer-v0", read_minari),
    "lerobot": ("summer-lerobot", read_lerobot),
    "parquet": ("summer.parquet", read_parquet),
    "csv": ("summer.csv", read_csv),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, export, read."""
    parser = argparse.ArgumentParser(description="Recorded drives in the formats of others.")
    parser.add_argument("--out", type=Path, default=Path("runs/data-sets"))
    parser.add_argument("--episodes", type=int, default=8)
    parser.add_argument("--length", type=int, default=300, help="frames an episode")
    chosen = parser.parse_args(arguments)
    episodes = chosen.out / "episodes"
    wormdrive.record(wormdrive.RecordConfig(episodes=chosen.episodes, length=chosen.length), episodes, overwrite=True)
    for to, (name, read) in READERS.items():
        done = wormdrive.export_episodes(episodes, to, chosen.out / name, overwrite=True)
        print(f"{to}: {done.bytes / 1e6:.1f} MB in {done.seconds:.1f} s, {read(done.out)} rows read: {done.out}")


if __name__ == "__main__":
    main()
