"""Samples: sequences in every form that torch and ncps know, brought into the one that cells compute with, and back.

Cells take batches first, with what counts in front: (B, T, F), and how many samples of each sequence count. Padding is
taken out before anything is computed and put back afterwards, so it leaves states and gradients alone to the bit,
whatever stands in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from wormdrive.envs.common.errors import ArgumentError, is_real

__all__ = ["Form", "Input", "Samples", "read_samples"]

Input = Tensor | PackedSequence


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs (B, T, F); elapsed time since the sample before, a number or (B, T); lengths (B,), None: all of T."""

    inputs: Tensor
    elapsed: Tensor | float
    lengths: Tensor | None

    def with_inputs(self, inputs: Tensor) -> Samples:
        """Return the same moments with other features."""
        return Samples(inputs, self.elapsed, self.lengths)

    def reversed(self) -> Samples:
        """Return each sequence from its last sample to its first; padding stays behind.

        Elapsed times are gaps between the same samples as before; that of the first sample stays first.
        """
        T = self.inputs.shape[1]
        if isinstance(self.elapsed, Tensor):
            gaps = self.backwards(self.elapsed).roll(1, 1)
            gaps = gaps if self.lengths is None else torch.where(_counts(self.lengths, T), gaps, 1.0)
            elapsed: Tensor | float = torch.cat([self.elapsed[:, :1], gaps[:, 1:]], 1)
        else:
            elapsed = self.elapsed
        return Samples(self.backwards(self.inputs), elapsed, self.lengths)

    def backwards(self, values: Tensor) -> Tensor:
        """Turn (B, T, ...) around, each sequence by itself."""
        if self.lengths is None:
            return values.flip(1)
        T = values.shape[1]
        places = torch.arange(T, device=values.device).expand(values.shape[:2])
        last = self.lengths[:, None] - 1
        return _taken(values, torch.where(places <= last, last - places, places))

    def last(self, trace: Tensor, before: Tensor) -> Tensor:
        """Find the value after each sequence's last sample: trace (B, T, N), (B, N) before the first -> (B, N)."""
        if self.lengths is None:
            return trace[:, -1].clone()
        every = torch.cat([before.to(trace.dtype).unsqueeze(1), trace], 1)
        return _taken(every, self.lengths[:, None])[:, 0]


@dataclass(frozen=True, eq=False)
class Form:
    """How what cells give becomes what was asked for.

    ``packed``: the sequence that was given, if one was; ``places`` (B, T): where sample t of those that count came
    from, None: from t.
    """

    unbatched: bool
    batch_first: bool
    packed: PackedSequence | None
    places: Tensor | None

    def sequence(self, samples: Samples, values: Tensor) -> Input:
        """(B, T, M) -> the form of the input; zero where no sample counts."""
        if samples.lengths is not None:
            values = torch.where(_counts(samples.lengths, values.shape[1])[..., None], values, 0.0)
        if self.packed is not None:
            return _packed_like(self.packed, values, samples.lengths)
        if self.places is not None:
            back = self.places[..., None].expand(values.shape)
            values = torch.zeros_like(values).scatter(1, back, values)
        if self.unbatched:
            return values[0]
        return values if self.batch_first else values.transpose(0, 1)

    def one(self, values: Tensor) -> Tensor:
        """(B, M) -> (B, M), or (M,) without a batch."""
        return values[0] if self.unbatched else values


def read_samples(
    input: Input,  # noqa: A002 - torch's and ncps' name
    timespans: Input | float | None,
    lengths: Tensor | Sequence[int] | None,
    mask: Tensor | None,
    *,
    features: int,
    batch_first: bool,
) -> tuple[Samples, Form]:
    """Read what a network is called with.

    Raises
    ------
    ArgumentError
        A shape or type does not fit, both ``lengths`` and ``mask`` are given, or a time is negative or not finite.
    """
    if isinstance(input, PackedSequence):
        return _read_packed(input, timespans, lengths, mask, features)
    if not isinstance(input, Tensor):
        raise ArgumentError(f"input: a {type(input).__name__}: allowed is a tensor or a PackedSequence")
    layout = "(B, T, {0}) or (T, {0})" if batch_first else "(T, B, {0}) or (T, {0})"
    if input.ndim not in (2, 3) or input.shape[-1] != features or 0 in input.shape[:-1]:
        allowed = layout.format(features)
        raise ArgumentError(f"input: shape {tuple(input.shape)}: allowed is {allowed}, with at least one sample")
    unbatched = input.ndim == 2
    swap = not (unbatched or batch_first)

    def batched(name: str, value: Tensor) -> Tensor:
        """Bring (T, B), (B, T) or (T,) to (B, T)."""
        wanted = tuple(input.shape[:-1])
        value = value[..., 0] if tuple(value.shape) == (*wanted, 1) else value
        if tuple(value.shape) != wanted:
            raise ArgumentError(f"{name}: shape {tuple(value.shape)}: allowed is {wanted}")
        return value[None] if unbatched else value.transpose(0, 1) if swap else value

    inputs = input[None] if unbatched else input.transpose(0, 1) if swap else input
    elapsed = _read_times(timespans) if not isinstance(timespans, Tensor) else batched("timespans", timespans)
    places = None
    counted = None
    if mask is not None:
        if lengths is not None:
            raise ArgumentError("lengths, mask: both given: allowed is one of them")
        if not isinstance(mask, Tensor) or mask.dtype is not torch.bool:
            found = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
            raise ArgumentError(f"mask: {found}: allowed is a tensor of torch.bool, True where a sample counts")
        kept = batched("mask", mask)
        counted = kept.sum(1)
        places = torch.argsort(kept.logical_not().to(torch.uint8), dim=1, stable=True)
        inputs = _taken(inputs, places)
        elapsed = _taken(elapsed, places) if isinstance(elapsed, Tensor) else elapsed
    elif lengths is not None:
        counted = _read_lengths(lengths, inputs)
    return _without_padding(inputs, elapsed, counted), Form(unbatched, batch_first, None, places)


def _read_packed(
    packed: PackedSequence, timespans: Input | float | None, lengths: Any, mask: Any, features: int
) -> tuple[Samples, Form]:
    if lengths is not None or mask is not None:
        raise ArgumentError("lengths, mask: given beside a PackedSequence: allowed is None, it has lengths of its own")
    if packed.data.ndim != 2 or packed.data.shape[1] != features:
        raise ArgumentError(f"input: packed samples of shape {tuple(packed.data.shape)}: allowed is (*, {features})")
    inputs, counted = pad_packed_sequence(packed, batch_first=True)
    if isinstance(timespans, PackedSequence):
        if not torch.equal(timespans.batch_sizes, packed.batch_sizes):
            raise ArgumentError("timespans: packed with other lengths than input: allowed are the same")
        elapsed: Tensor | float = pad_packed_sequence(timespans, batch_first=True)[0]
    elif isinstance(timespans, Tensor):
        elapsed = timespans
    else:
        elapsed = _read_times(timespans)
    if isinstance(elapsed, Tensor):
        elapsed = elapsed[..., 0] if elapsed.shape == (*inputs.shape[:2], 1) else elapsed
        if elapsed.shape != inputs.shape[:2]:
            wanted = tuple(inputs.shape[:2])
            raise ArgumentError(f"timespans: shape {tuple(elapsed.shape)}: allowed is {wanted}, or a PackedSequence")
    return _without_padding(inputs, elapsed, counted.to(inputs.device)), Form(False, True, packed, None)


def _packed_like(packed: PackedSequence, values: Tensor, lengths: Tensor | None) -> PackedSequence:
    assert lengths is not None  # noqa: S101 - packed sequences have lengths
    order = packed.sorted_indices
    if order is not None:
        values, lengths = values[order], lengths[order]
    made = pack_padded_sequence(values, lengths.cpu(), batch_first=True)
    return PackedSequence(made.data, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)


def _read_times(timespans: Any) -> float:
    if timespans is None:
        return 1.0
    if not is_real(timespans):
        raise ArgumentError(f"timespans: a {type(timespans).__name__}: allowed is a number, a tensor or None")
    if not 0.0 <= timespans < math.inf:
        raise ArgumentError(f"timespans={timespans!r}: allowed are finite numbers >= 0")
    return float(timespans)


def _read_lengths(lengths: Tensor | Sequence[int], inputs: Tensor) -> Tensor:
    B, T, _ = inputs.shape
    try:
        found = torch.as_tensor(lengths, device=inputs.device)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ArgumentError(f"lengths={lengths!r}: allowed are {B} whole numbers from 0 to {T}") from error
    whole = not found.is_floating_point() and not found.is_complex() and found.dtype is not torch.bool
    if not whole or found.shape != (B,) or not bool(((found >= 0) & (found <= T)).all()):
        raise ArgumentError(f"lengths={lengths!r}: allowed are {B} whole numbers from 0 to {T}")
    return found.long()


def _without_padding(inputs: Tensor, elapsed: Tensor | float, lengths: Tensor | None) -> Samples:
    """Put harmless numbers where nothing counts: NaN there would spoil gradients, even times zero."""
    if lengths is None:
        return Samples(inputs, elapsed, None)
    counts = _counts(lengths, inputs.shape[1])
    if isinstance(elapsed, Tensor):
        elapsed = torch.where(counts, elapsed, 1.0)
    return Samples(torch.where(counts[..., None], inputs, 0.0), elapsed, lengths)


def _counts(lengths: Tensor, samples: int) -> Tensor:
    """Which samples count, (B, T) truth values."""
    return torch.arange(samples, device=lengths.device) < lengths[:, None]


def _taken(values: Tensor, places: Tensor) -> Tensor:
    """Take (B, T', ...) at places (B, T') out of (B, T, ...)."""
    wider = places.view(*places.shape, *(1 for _ in values.shape[2:]))
    return values.gather(1, wider.expand(*places.shape, *values.shape[2:]))
