"""RecurrentModule: the call that all networks here share, with torch's forms of sequences and ncps' arguments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from torch import Tensor, nn

from wormdrive.envs.common.errors import ArgumentError, ModelError, is_whole, one_of
from wormdrive.nn.samples import Input, Samples, read_samples
from wormdrive.nn.states import Sizes, State, read_state, write_state, zero_state

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["LARGEST", "Part", "RecurrentModule", "check_flag", "check_name", "check_size"]

Part = Union["RecurrentModule", list["RecurrentModule"]]

LARGEST = 65536
"""The most features, hidden units of a backbone, or outputs."""


class RecurrentModule(nn.Module, ABC):
    """A recurrent network over sequences.

    Parameters
    ----------
    input_size:
        F, features a sample.
    return_sequences:
        Whether outputs of all samples are returned, or those of each sequence's last.
    batch_first:
        Whether inputs are (B, T, F) or (T, B, F); a PackedSequence has its own order.
    """

    def __init__(self, input_size: int, *, return_sequences: bool, batch_first: bool) -> None:
        super().__init__()
        self.input_size = check_size("input_size", input_size, LARGEST)
        self.return_sequences = check_flag("return_sequences", return_sequences)
        self.batch_first = check_flag("batch_first", batch_first)

    @property
    @abstractmethod
    def output_size(self) -> int:
        """M, numbers a sample that come out."""

    @property
    @abstractmethod
    def state_sizes(self) -> Sizes:
        """N, or a tuple of sizes: of what ``hx`` consists."""

    @abstractmethod
    def run(self, samples: Samples, state: State) -> tuple[Tensor, State]:
        """Compute outputs (B, T, M) after every sample, and the state after each sequence's last."""

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """Arguments that make a network like this one, but for networks in it, as plain data."""

    def parts(self) -> dict[str, Part]:
        """Return the networks it is made of, by argument."""
        return {}

    def initial_state(self, batch: int) -> State:
        """Zeros, (batch, N) each."""
        return zero_state(self.state_sizes, batch, next(self.parameters()))

    def save(self, path: str | Path) -> None:
        """Write the network into one safetensors file, with the arguments that make it: see ``storage``."""
        from wormdrive.nn.storage import save

        save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a network of this kind, in evaluation mode: see ``storage``.

        Raises
        ------
        ModelError
            The file is missing, corrupt, truncated or foreign, or holds another kind.
        """
        from wormdrive.nn.storage import load

        found = load(path)
        if not isinstance(found, cls):
            raise ModelError(f"{path}: a {type(found).__name__}: allowed is a {cls.__name__}")
        return found

    def forward(
        self,
        input: Input,  # noqa: A002 - torch's and ncps' name
        hx: State | None = None,
        timespans: Input | float | None = None,
        *,
        lengths: Tensor | Sequence[int] | None = None,
        mask: Tensor | None = None,
    ) -> tuple[Input, State]:
        """Run over sequences.

        Parameters
        ----------
        input:
            (B, T, F), (T, B, F) if not ``batch_first``, (T, F) without a batch, or a PackedSequence.
        hx:
            State before the first sample, (B, N), or (N,) without a batch; a tuple where there are several. None: 0.
        timespans:
            Time since the sample before, in samples, not negative: a number, (B, T) in the order of ``input``, or a
            PackedSequence. None: 1.
        lengths:
            (B,) how many samples of each sequence count, those in front; 0 leaves the state as it was.
        mask:
            Truth values in the order of ``input``: which samples count. The others leave state and gradients alone,
            to the bit; so does the time at them.

        Returns
        -------
        tuple
            Outputs in the form of ``input``, zero where no sample counts; with ``return_sequences=False`` those after
            each sequence's last sample, (B, M), zero where there is none. And the state after the last sample.

        Raises
        ------
        ArgumentError
            Shapes or types do not fit, or times are negative or not finite.
        """
        samples, form = read_samples(
            input, timespans, lengths, mask, features=self.input_size, batch_first=self.batch_first
        )
        B = samples.inputs.shape[0]
        given = hx is not None
        state = read_state(hx, self.state_sizes, B, unbatched=form.unbatched) if given else self.initial_state(B)
        outputs, state = self.run(samples, state)
        after = write_state(state, unbatched=form.unbatched)
        if self.return_sequences:
            return form.sequence(samples, outputs), after
        nothing = outputs.new_zeros(B, outputs.shape[2])
        return form.one(samples.last(outputs, nothing)), after


def check_size(name: str, value: object, most: int) -> int:
    """Return a whole number from 1 to ``most``, or refuse what is none."""
    if not is_whole(value) or not 1 <= value <= most:  # type: ignore[operator]
        raise ArgumentError(f"{name}={value!r}: allowed are 1 to {most}")
    return int(value)  # type: ignore[call-overload, no-any-return]


def check_name(name: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse what is none of the names that are allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise ArgumentError(one_of(name, value, allowed))


def check_flag(name: str, value: object) -> bool:
    """Return a truth value, or refuse what is none."""
    if not isinstance(value, bool):
        raise ArgumentError(f"{name}={value!r}: allowed are True and False")
    return value
