"""A tree behind the wheel: on how many drives trees of so many leaves keep the lane in a network's place.

Trees are made of the audit's drives and drive others: as many, as long, under the same conditions, with other seeds of
route and scenery. The network itself drives those too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.situation import NAMES
from wormdrive.audit.traced_drive import TracedDrive
from wormdrive.audit.trees.frames import frames_of
from wormdrive.audit.trees.section import steering_json
from wormdrive.audit.trees.small_tree import SmallTree, fit_small_tree
from wormdrive.audit.wheel.situation_driver import SituationDriver
from wormdrive.audit.wheel.tree_policy import TreePolicy
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.candidate import Candidate, policy_candidate
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.intervals import wilson_interval

__all__ = ["LEAVES", "Driven", "TreeDriven", "WheelSection", "measure_wheel", "other_road"]

Numbers = NDArray[np.float64]

LEAVES: Final = (4, 8, 16, 32, 64)

_SEEDS_ON: Final = 500_000_000
"""So far from the seeds of the drives that trees are made of are those of the drives that they drive."""

_SEEDS: Final = 2**31


@dataclass(frozen=True)
class Driven:
    """How someone drove: on how many of ``drives`` no wheel left the lane, on how many the car's centre did not.

    ``by_season`` counts the former, of as many drives a season; lengths are in metres.
    """

    drives: int
    within: int
    within_by_centre: int
    by_season: dict[str, int]
    mean_abs_offset_m: float

    def to_json(self) -> dict[str, Any]:
        """Plain data, with Wilson's 95 % interval of the share of drives within the lane."""
        return vars(self) | {"within_ci95": wilson_interval(self.within, self.drives)}


@dataclass(frozen=True, eq=False)
class TreeDriven:
    """A tree of at most ``leaves`` leaves, and how it drove."""

    leaves: int
    tree: SmallTree
    driven: Driven


@dataclass(frozen=True, eq=False)
class WheelSection:
    """What ``measure_wheel`` found.

    Attributes
    ----------
    network, constant:
        How the network itself drove, and who always steers its mean.
    trees:
        By what they are made of, trees with the fewest leaves first:

        - ``steering``: the curvature that the network steers, in so many steps: what so many leaves can do at best;
        - ``neurons``: the activity of the neurons, motor neurons left out, for those are the steering by another name;
          absent where there are no neurons;
        - ``situation``: what a person could name, without pictures.
    names:
        For each of them, what its columns are called.
    """

    network: Driven
    constant: Driven
    trees: dict[str, tuple[TreeDriven, ...]]
    names: dict[str, tuple[str, ...]]

    def best(self, source: str) -> TreeDriven:
        """Return the smallest of those trees that keep the lane most often."""
        return max(self.trees[source], key=lambda one: (one.driven.within, -one.leaves))

    def to_json(self) -> dict[str, Any]:
        """Plain data; of the best tree of neurons or situation its words."""
        return {
            "network": self.network.to_json(),
            "constant": self.constant.to_json(),
            "trees": {
                source: [{"leaves": one.leaves, "r2": one.tree.r2, **one.driven.to_json()} for one in trees]
                for source, trees in self.trees.items()
            },
            "best": {
                source: steering_json(self.best(source).tree, self.names[source])
                for source in self.trees
                if source != "steering"
            },
        }


def measure_wheel(
    policy: Policy, drives: Sequence[TracedDrive], *, leaves: Sequence[int] = LEAVES, threads: int = 1
) -> WheelSection:
    """Put trees behind the wheel that were made of a policy's drives.

    Raises
    ------
    ArgumentError
        There are fewer than two drives.
    EpisodeError
        A drive is of another simulator.
    """
    if any(drive.episode.simulator != "embedded" for drive in drives):
        raise EpisodeError("an episode of another simulator: allowed are those whose roads can be driven again")
    scenarios = [other_road(drive.episode.scenario) for drive in drives]
    frames, hidden = frames_of(drives), _hidden(policy)

    def driven(candidate: Candidate) -> Driven:
        return _sum_up(drive_candidate(candidate, scenarios, embedded(threads), worlds=len(scenarios)))

    def fitted(columns: Numbers, count: int) -> SmallTree:
        return fit_small_tree(columns, frames.curvature, frames.drive, leaves=count)

    def steered_by(neurons: list[int] | None) -> Callable[[SmallTree], Candidate]:
        return lambda tree: policy_candidate(TreePolicy(policy, tree, neurons), "tree")

    sources: dict[str, tuple[Numbers, Callable[[SmallTree], Candidate]]] = {
        "steering": (frames.curvature[:, None], steered_by(None)),
        "neurons": (frames.activity[:, hidden], steered_by(hidden)),
        "situation": (frames.situation, _told),
    }
    trees: dict[str, tuple[TreeDriven, ...]] = {}
    for source, (columns, candidate) in sources.items():
        if columns.shape[1]:
            fits = [(count, fitted(columns, count)) for count in leaves]
            trees[source] = tuple(TreeDriven(count, tree, driven(candidate(tree))) for count, tree in fits)
    return WheelSection(
        driven(policy_candidate(policy, "network")),
        driven(_told(fitted(frames.situation, 1))),
        trees,
        {"steering": ("steering",), "neurons": tuple(policy.neuron_names[k] for k in hidden), "situation": NAMES},
    )


def other_road(scenario: Scenario) -> Scenario:
    """Return a scenario that differs in the seeds of route and scenery alone; routes that were the same remain so."""
    seeds = {name: (getattr(scenario, name) + _SEEDS_ON) % _SEEDS for name in ("route_seed", "seed")}
    return scenario.model_copy(update=seeds)


def _hidden(policy: Policy) -> list[int]:
    """Return which neurons are no motor neurons; of kinds without a wiring all."""
    wiring = inspect_policy(policy).wiring
    if wiring is None:
        return list(range(len(policy.neuron_names)))
    return [k for k, neuron in enumerate(wiring.state_neurons) if neuron.role != "motor"]


def _told(tree: SmallTree) -> Candidate:
    return Candidate("tree", lambda simulator: SituationDriver(simulator, tree), camera=None)


def _sum_up(drives: Sequence[Drive]) -> Driven:
    by_season: dict[str, int] = {}
    for drive in drives:
        season = drive.scenario.conditions.season.name
        by_season[season] = by_season.get(season, 0) + drive.success
    return Driven(
        len(drives),
        sum(drive.success for drive in drives),
        sum(drive.success_by_centre for drive in drives),
        by_season,
        float(np.abs(np.concatenate([drive.lateral_offset_m for drive in drives])).mean()),
    )
