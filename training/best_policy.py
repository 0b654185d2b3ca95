"""Best policy: the policy drives now and then during training, and the one that drove best is kept.

It drives summer's routes, or those of the season that DAgger's rounds are driven in, with seeds of training: no suite
uses them, so that what is chosen here has not been chosen by any test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.candidate import policy_candidate
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, maker
from wormdrive.scenarios.metrics import before_departure_m, mean_abs
from wormdrive.training.checkpoint import Position
from wormdrive.training.collect import training_scenario
from wormdrive.training.config import TrainConfig
from wormdrive.training.domain_randomization import draw_conditions

__all__ = ["BEST", "BestPolicy"]

BEST: Final = "best"
"""The best policy's folder, in that of the run; what it drove stands beside it, in ``best.json``."""

_STREAM: Final = 0xBE57
_STEPS: Final = 600
"""How long a route is, in steps of cruising [1/30 s]: two hundred metres or so."""


class BestPolicy:
    """Keeps in ``folder/best`` the policy that drove best so far, whichever process it was that saw it drive.

    Better is who drives more routes with all wheels in the lane; then who drives farther before a wheel leaves it; then
    who keeps nearer to its centre. Of equals the earlier stays.

    Parameters
    ----------
    folder:
        Of the run.
    config:
        How many routes, and where.
    simulator:
        What is driven in.
    threads:
        Threads to drive with; they do not change what comes out.
    anew:
        Forget what an earlier run left in the folder.
    """

    def __init__(
        self, folder: Path, config: TrainConfig, simulator: SimulatorChoice, threads: int, *, anew: bool
    ) -> None:
        self._policy, self._file = folder / BEST, folder / f"{BEST}.json"
        self._simulator, self._threads = simulator, threads
        self._scenarios = [_scenario(config, index) for index in range(config.drive_routes)]
        if anew:
            self._file.unlink(missing_ok=True)

    def consider(self, policy: Policy, position: Position) -> dict[str, float]:
        """Let a policy drive; keep it if it is the best so far. Return figures for the log."""
        told = _summed(self._drive(policy))
        held = self._held()
        if held is None or _rank(told) > _rank(held):
            # A run that was killed in between drives the same again, and writes the same again.
            save_policy(policy, self._policy)
            about = {"round": position.round_, "step": position.step, "drives": len(self._scenarios), **told}
            atomic_write(self._file, (json.dumps(about, indent=1) + "\n").encode())
        return {f"drive_{name}": value for name, value in told.items()}

    def _drive(self, policy: Policy) -> list[Drive]:
        crews = self._simulator.max_crews(self._threads)
        worlds = self._simulator.max_worlds(len(self._scenarios))
        with computing_with(1):  # a thread each
            return drive_candidate(
                policy_candidate(policy, BEST), self._scenarios, maker(self._simulator), worlds=worlds, crews=crews
            )

    def _held(self) -> dict[str, Any] | None:
        try:
            held = json.loads(self._file.read_bytes())
            _rank(held)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self._file}: {error!r}: allowed is what training wrote; remove it to go on") from error
        return held  # type: ignore[no-any-return]


def _scenario(config: TrainConfig, index: int) -> Scenario:
    rng = np.random.default_rng([config.seed, _STREAM, index])
    map_ = config.round_maps[index % len(config.round_maps)]
    conditions = draw_conditions(config.round_season, config.round_weathers, rng)
    return training_scenario(map_, conditions, _STEPS, DT_S, rng)


def _summed(drives: list[Drive]) -> dict[str, float]:
    return {
        "successes": sum(drive.success for drive in drives),
        "before_departure_m": sum(before_departure_m(drive.station_m, drive.wheel_beyond_m) for drive in drives),
        "offset_m": float(np.mean([mean_abs(drive.lateral_offset_m) for drive in drives])),
    }


def _rank(told: dict[str, Any]) -> tuple[float, float, float]:
    return float(told["successes"]), float(told["before_departure_m"]), -float(told["offset_m"])
