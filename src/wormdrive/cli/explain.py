"""``wormdrive explain``: look inside a policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wormdrive.agents.inspection import Inspection

__all__ = ["explain"]


def explain(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A policy's folder, or shipped weights.")] = "ncp",
    wiring: Annotated[bool, typer.Option("--wiring", help="Draw who is connected to whom; name each neuron.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="File of the picture, .png or .svg.", show_default="wiring.png")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the picture if it exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it all as JSON, the wiring as data too.")] = False,
) -> None:
    """Say what MODEL is made of: neurons, synapses, trainable numbers, time constants in seconds.

    With --wiring also draw it; with --wiring --json a picture is drawn only where --out says so. Example:

        wormdrive explain ncp --wiring --out wiring.svg
    """
    from wormdrive.agents.inspection import inspect_policy
    from wormdrive.agents.policies.serialization import load_policy
    from wormdrive.agents.wirings.wiring_picture import draw_wiring
    from wormdrive.envs.common.errors import ArgumentError

    if out is not None and not wiring:
        raise ArgumentError(f"--out {out}: allowed with --wiring only")
    anatomy = inspect_policy(load_policy(model))
    picture = out or (None if as_json or not wiring else Path("wiring.png"))
    if wiring and anatomy.wiring is None:
        raise ArgumentError(f"{model}: a policy of kind {anatomy.kind!r} has no wiring: allowed are liquid policies")
    if picture is not None and anatomy.wiring is not None:
        if picture.exists() and not force:
            raise ArgumentError(f"{picture}: exists; --force replaces it, --out names another")
        draw_wiring(anatomy.wiring, picture, effect=anatomy.effect, title=f"{Path(model).name}: {anatomy.kind}")
    if as_json:
        typer.echo(json.dumps({"model": model, **anatomy.to_json(), "picture": str(picture) if picture else None}))
        return
    _print_text(model, anatomy, each_neuron=wiring)
    if picture is not None:
        typer.echo(f"picture: {picture}")


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
