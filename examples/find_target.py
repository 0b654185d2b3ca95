"""Fly to an object in the woods: let the expert show how, train a small liquid network, and see how far it gets.

    python examples/find_target.py              # some three minutes of one core
    python examples/find_target.py --small      # a minute; the network has learnt nothing by then

It trains in summer and flies in summer and in winter, on flights that it has not seen.
"""

from __future__ import annotations

import argparse
import json

import torch

from wormdrive.find_target.evaluation import evaluate_pilot
from wormdrive.find_target.flights import ExpertPilot, PolicyPilot
from wormdrive.find_target.learning import FlightRecipe, record_demonstrations, train_flight_policy
from wormdrive.find_target.suite import load_flight_suite

SMALL = FlightRecipe(sites=1, demonstrations=2, rounds=0, steps=2, batch=2, window=4, worlds=2)


def main() -> None:
    """Train, fly, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kind", default="ncp", help="ncp, cfc, lstm or cnn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small", action="store_true", help="next to no training")
    given = parser.parse_args()
    recipe, flights = (SMALL, 1) if given.small else (FlightRecipe(), 16)
    suite = load_flight_suite().narrowed(flights=flights, conditions=["summer", "winter"])
    torch.set_num_threads(1)
    demonstrations = record_demonstrations(recipe)
    policy = train_flight_policy(given.kind, given.seed, recipe, demonstrations)
    for name, pilot in ((given.kind, PolicyPilot(policy)), ("expert", ExpertPilot())):
        rows = evaluate_pilot(name, 0, pilot, suite)
        for season in suite.conditions:
            found = sum(row.found for row in rows if row.condition == season)
            print(json.dumps({"pilot": name, "season": season, "flights": flights, "found": int(found)}))


if __name__ == "__main__":
    main()
