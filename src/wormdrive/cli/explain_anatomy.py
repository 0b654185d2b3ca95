"""``wormdrive explain MODEL``: say what a policy is made of, and draw its wiring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from wormdrive.agents.inspection import Inspection
    from wormdrive.scenarios.candidate import Candidate

__all__ = ["explain_anatomy"]


def explain_anatomy(
    model: str, out: Path | None, mount: Path | None, *, wiring: bool, force: bool, as_json: bool
) -> None:
    """Print how large MODEL is and, of a liquid one, its neurons; with ``wiring`` draw who is connected to whom."""
    from wormdrive.agents.inspection import inspect_policy
    from wormdrive.cli.model_option import load_candidates
    from wormdrive.cli.replacing import require_new_files
    from wormdrive.envs.common.errors import ArgumentError
    from wormdrive.scenarios.candidate import policy_of

    (candidate,) = load_candidates([model], mount=mount)
    if candidate.mount is not None and not wiring and out is None:
        _print_mounted(candidate, as_json=as_json)
        return
    policy = policy_of(candidate, "explain")
    anatomy, start = inspect_policy(policy), policy.started_from
    picture = out or (None if as_json or not wiring else Path("wiring.png"))
    if wiring and anatomy.wiring is None:
        raise ArgumentError(f"{model}: a policy of kind {anatomy.kind!r} has no wiring: allowed are liquid policies")
    if picture is not None and anatomy.wiring is not None:
        require_new_files([picture], force=force)
        from wormdrive.agents.wirings.wiring_picture import draw_wiring

        draw_wiring(anatomy.wiring, picture, effect=anatomy.effect, title=f"{Path(model).name}: {anatomy.kind}")
    if as_json:
        more = {"started_from": start._asdict()} if start else {}
        told = {"model": model, **anatomy.to_json(), **more, "picture": str(picture) if picture else None}
        typer.echo(json.dumps(told))
        return
    _print_text(model, anatomy, each_neuron=wiring)
    if start:
        typer.echo(f"training began with the weights of {start.model}, SHA-256 {start.weights_sha256[:12]}...")
    if picture is not None:
        typer.echo(f"picture: {picture}")


def _print_mounted(candidate: Candidate, *, as_json: bool) -> None:
    """Say what is known of a network of others: how large it is, and how it sits in the car."""
    import yaml

    assert candidate.mount is not None  # noqa: S101  (asked before)
    mount = candidate.mount.model_dump(mode="json")
    if as_json:
        typer.echo(json.dumps({"model": candidate.name, "numbers": candidate.numbers, "mount": mount}))
        return
    typer.echo(
        f"{candidate.name}: a network of others, {candidate.numbers:,} numbers; --out FOLDER audits what it steers"
    )
    typer.echo(f"mount:\n{yaml.safe_dump(mount, sort_keys=False)}".rstrip())


def _print_text(model: str, anatomy: Inspection, each_neuron: bool) -> None:
    typer.echo(f"{model}: a policy of kind {anatomy.kind}")
    counts = ", ".join(f"{count:,} in the {part}" for part, count in anatomy.parameters.items() if count)
    typer.echo(f"trainable numbers: {sum(anatomy.parameters.values()):,} ({counts})")
    if anatomy.wiring is None:
        return
    neurons = ", ".join(f"{count} {role}" for role, count in anatomy.neurons.items() if count)
    typer.echo(f"neurons: {anatomy.wiring.state_size} with a state ({neurons})")
    synapses = ", ".join(f"{count} {way}" for way, count in anatomy.synapses.items())
    typer.echo(f"synapses: {len(anatomy.wiring.synapses)} ({synapses})")
    typer.echo(f"a sample counts as {1000 * anatomy.sample_period_s:.1f} ms; time constants in seconds, from all")
    typer.echo("synapses open to all closed:")
    roles = {neuron.name: neuron.role for neuron in anatomy.wiring.state_neurons}
    for role in dict.fromkeys(roles.values()):
        own = [anatomy.time_constants_s[name] for name in roles if roles[name] == role]
        typer.echo(f"  {role:<12}{min(a for a, _ in own):>10.4f} to {max(b for _, b in own):.4f}")
        for name in (name for name in roles if roles[name] == role and each_neuron):
            shortest, longest = anatomy.time_constants_s[name]
            heard = sum(s.target == name for s in anatomy.wiring.synapses)
            typer.echo(f"    {name:<12}{shortest:>8.4f} to {longest:.4f}, hears {heard}")
