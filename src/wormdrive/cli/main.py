"""The command ``wormdrive``: one module a sub-command, imported when it is called so that ``--help`` stays quick."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from wormdrive.cli import bench, convoy, episodes, find_target, maps
from wormdrive.cli.adapt import adapt
from wormdrive.cli.benchmark import benchmark
from wormdrive.cli.demo import demo
from wormdrive.cli.doctor import doctor
from wormdrive.cli.drive import drive
from wormdrive.cli.evaluate import evaluate
from wormdrive.cli.explain import explain
from wormdrive.cli.export import export
from wormdrive.cli.from_points import from_points
from wormdrive.cli.front_page import front_page
from wormdrive.cli.models import models
from wormdrive.cli.record import record
from wormdrive.cli.replay import replay
from wormdrive.cli.results import results
from wormdrive.cli.serve import serve
from wormdrive.cli.stopping import NOTHING, hear_sigterm, status_of
from wormdrive.cli.train import train
from wormdrive.cli.usage import Commands
from wormdrive.cli.verify import verify
from wormdrive.envs.common.errors import WormdriveError
from wormdrive.envs.common.printable import printable

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.callback()(front_page)
app.add_typer(maps.app, name="maps")
roads = typer.Typer(help="The same as `maps from-points`.", no_args_is_help=True, rich_markup_mode="markdown")
roads.command("from-points")(from_points)
app.add_typer(roads, name="roads", hidden=True)
app.add_typer(bench.app, name="bench")
app.add_typer(episodes.app, name="episodes")
app.add_typer(find_target.app, name="find-target")
app.command("benchmark")(benchmark)
app.add_typer(convoy.app, name="convoy")
app.command("verify")(verify)
app.command("results")(results)
app.command("demo")(demo)
app.command("record")(record)
app.command("train")(train)
app.command("evaluate")(evaluate)
app.command("drive")(drive)
app.command("replay")(replay)
app.command("explain")(explain)
app.command("adapt")(adapt)
app.command("export")(export)
app.command("serve")(serve)
app.command("models")(models)
app.command("doctor")(doctor)


def main() -> NoReturn:
    """Run the command line; our own errors and the disk's end it with one line and status 2.

    Ctrl-C ends it with status 130, SIGTERM with 143, both in good order and with a line.
    """
    hear_sigterm()
    try:
        app(standalone_mode=True)
    except WormdriveError as error:
        print("\n".join(printable(line) for line in f"wormdrive: {error}".split("\n")), file=sys.stderr)
        sys.exit(2)
    except OSError as error:  # a full disk, a read-only folder, a file where a folder should be
        if error.filename is None and error.errno is None:
            raise
        print(f"wormdrive: {printable(str(error.filename or 'writing a file'))}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    except SystemExit as end:
        # typer makes of a KeyboardInterrupt that no command told of an Exit, and of that a SystemExit
        stop = getattr(end.__context__, "__cause__", None)
        if not isinstance(stop, KeyboardInterrupt):
            raise
        print(f"wormdrive: stopped; {NOTHING}", file=sys.stderr)
        sys.exit(status_of(stop))
    except KeyboardInterrupt as stop:
        print(f"wormdrive: stopped; {NOTHING}", file=sys.stderr)
        sys.exit(status_of(stop))
    sys.exit(0)
