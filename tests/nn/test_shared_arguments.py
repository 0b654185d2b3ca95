from __future__ import annotations

import inspect
import re

import pytest

from wormdrive.nn import LRC, LTC, CfC
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.shared_arguments import describe_shared_arguments


@pytest.mark.parametrize("kind", [LTC, CfC, LRC])
def test_help_describes_every_argument_once(kind: type[LiquidLayer]) -> None:
    told = inspect.getdoc(kind)
    assert told is not None
    assert "As for every" not in told
    _, parameters = told.split("Parameters\n----------\n")
    entries = re.findall(r"^(\w[\w, ]*):$", parameters.split("\n\nRaises\n")[0], flags=re.MULTILINE)
    assert sorted(", ".join(entries).split(", ")) == sorted(inspect.signature(kind).parameters)
    assert "Outputs of a linear map behind, or None." in parameters


class Base:
    """A base.

    Parameters
    ----------
    first, second:
        Two at once,
        on two lines.
    third:
        Another.
    """


def test_only_what_is_referred_to_is_put_in() -> None:
    class Kind:
        """A kind.

        Parameters
        ----------
        second:
            As for every ``Base``.
        own:
            Its own.
        """

    describe_shared_arguments(Kind, Base)
    assert inspect.getdoc(Kind) == (
        "A kind.\n\nParameters\n----------\nfirst, second:\n    Two at once,\n    on two lines.\nown:\n    Its own."
    )


def test_other_docstrings_and_none_stay() -> None:
    class Bare:
        pass

    class Other:
        """Another, as for every ``Base``."""

    for kind in (Bare, Other):
        before = kind.__doc__
        describe_shared_arguments(kind, Base)
        assert kind.__doc__ is before
