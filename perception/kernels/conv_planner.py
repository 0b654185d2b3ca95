"""Planner: how a stack of convolutions becomes calls of two micro-kernels, worked out once for each shape.

Maps are channels-last: a pixel's channels lie side by side, and so a window's row is one contiguous *run* of kernel x
channels numbers. Every map stands in a buffer that has the padding of the convolution that reads it as zeros around it.

- A *tile* adds, to some pixels' sums, a window's products with weights for up to 64 lanes side by side. A layer's own
  tiles have its filters as lanes. The gradient by its input is made by tiles too: the input's pixels fall into stride x
  stride phases, and those of one phase are a convolution of the output's gradient with every stride-th weight. Along a
  row all phases are taken together, as lanes of one *super-pixel*, since their channels lie side by side; the last tap
  may reach only the first of them, so it has tiles of its own, with fewer lanes. Only the rows' phases remain: each is
  a set of pixels with tiles and weights of its own.
- An *outer product* adds, over pixels, some numbers times some lanes: the gradient by the weights. The lanes are a
  window's run and the numbers the gradients of filters; or the other way round, where that fills lanes better: a grey
  image's windows are five numbers wide.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from wormdrive.envs.common.simd import LANES
from wormdrive.perception.kernels.conv_plan import LAYER, OUTER, PIXEL_SET, TILE, ConvPlan, ConvShape, Indices, Tables
from wormdrive.perception.kernels.micro_kernels import PIXELS, ROWS, VECTORS, WIDTH

__all__ = ["plan_convolutions"]


_ADDING_UP = 10
"""Instructions that add up the lanes of a sum."""


@lru_cache(maxsize=64)
def plan_convolutions(shapes: tuple[ConvShape, ...]) -> ConvPlan:
    """Plan a stack of convolutions; each reads the map of the one before."""
    planner = _Planner(shapes)
    for number in range(len(shapes)):
        planner.plan_map(number)
    forward_packed = planner.packed
    for number in range(len(shapes)):
        planner.plan_gradients(number)
    return planner.finish(forward_packed)


class _Buffer(NamedTuple):
    """A map with zeros around it: pixel (0, 0) is ``at`` some place, rows are ``pitch`` apart."""

    at: int
    pitch: int
    channels: int

    def place(self, y: Any, x: Any) -> Any:
        """Where a pixel's first channel is."""
        return self.at + y * self.pitch + x * self.channels


class _Space:
    """Lays buffers out one behind the other."""

    def __init__(self) -> None:
        self.size = LANES

    def buffer(self, channels: int, rows: tuple[int, int], columns: tuple[int, int]) -> _Buffer:
        """Make room for rows and columns from -before to after, and for vectors that reach over the end."""
        pitch = _whole(sum(columns) * channels, LANES)
        begin, self.size = self.size, self.size + sum(rows) * pitch + LANES
        return _Buffer(begin + rows[0] * pitch + columns[0] * channels, pitch, channels)


class _Planner:
    def __init__(self, shapes: tuple[ConvShape, ...]) -> None:
        self.shapes = shapes
        self.layers: list[tuple[int, ...]] = []
        self.sets: list[tuple[int, ...]] = []
        self.tiles: list[tuple[int, ...]] = []
        self.outers: list[tuple[int, ...]] = []
        self.places: list[list[Indices]] = []
        self.offsets: list[Indices] = []
        self.packing: list[Indices] = []
        self.packed = self.sums = self.lanes = 0
        # Each layer's (filter, row, column, channel) and (filter,): which number of (weights, biases) it is.
        count = 0
        self.weights, self.biases = [], []
        for s in shapes:
            size = s.filters * s.kernel * s.run
            self.weights.append(np.arange(count, count + size).reshape(s.filters, s.kernel, s.kernel, s.channels))
            count += size
        for s in shapes:
            self.biases.append(np.arange(count, count + s.filters))
            count += s.filters
        self.zero = count
        self.unpacking = np.empty(count, np.int64)
        self._lay_out()
        self.packed_biases = [self._pack(self._widened(biases)) for biases in self.biases]

    def _lay_out(self) -> None:
        scratch, tape = _Space(), _Space()
        first, last = self.shapes[0], self.shapes[-1]
        self.maps: list[_Buffer] = []
        self.gradients: list[_Buffer] = []
        for number, s in enumerate(self.shapes):
            rows = max(s.height, (s.out_height - 1) * s.stride + s.kernel - s.top)
            columns = max(s.width, (s.out_width - 1) * s.stride + s.kernel - s.left)
            space = scratch if number < 2 else tape
            self.maps.append(space.buffer(s.channels, (s.top, rows), (s.left, columns)))
            rows = max(s.out_height, (s.height - 1 + s.top) // s.stride + 1)
            columns = max(s.out_width, (s.width - 1 + s.left) // s.stride + 1)
            self.gradients.append(scratch.buffer(s.filters, (s.taps - 1, rows), (s.taps - 1, columns)))
        self.maps.append(_Buffer(0, last.out_width * last.filters, last.filters))
        self.image_gradient = _Buffer(0, first.width * first.channels, first.channels)
        self.scratch, self.tape = scratch.size, tape.size

    def plan_map(self, number: int) -> None:
        """Plan a layer's own map: its pixels, with filters as lanes."""
        s, source = self.shapes[number], self.maps[number]
        y, x = (axis.ravel() for axis in np.indices((s.out_height, s.out_width)))
        reads = source.place(y * s.stride - s.top, x * s.stride - s.left)
        writes, others = self.maps[number + 1].place(y, x), self.gradients[number].place(y, x)
        window = self.weights[number].reshape(s.filters, s.kernel, s.run)
        filters = s.filters - self._rest_for_dots(s)
        tiles = self._tiles(self._widened(window[:filters].transpose(1, 2, 0)), 0, s.kernel, s.run, filters)
        tiles += self._dots(window[filters:], filters)
        places = (reads, writes, others, np.zeros_like(y), np.full_like(y, s.filters))
        self._add_set(source.pitch, _whole(s.filters), tiles, places)

    @staticmethod
    def _rest_for_dots(s: ConvShape) -> int:
        """Count the last filters for which ``multiply_dots`` is quicker: few fill a vector badly."""
        rest = s.filters % WIDTH
        steps = s.kernel * _whole(s.run) // WIDTH + _ADDING_UP
        return rest if _whole(rest, VECTORS) * steps < s.kernel * s.run else 0

    def plan_gradients(self, number: int) -> None:
        """Plan the gradients by a layer's input and weights."""
        s, source, gradient = self.shapes[number], self.maps[number], self.gradients[number]
        first = (len(self.sets), len(self.outers), sum(map(len, self.offsets)))
        for phase in range(s.stride):
            self._plan_phase(number, phase)
        run_in_lanes = self._plan_weight_gradient(number)
        last = (len(self.sets), len(self.outers), sum(map(len, self.offsets)))
        bias_sums, self.sums = self.sums, self.sums + _whole(s.filters, LANES)
        self.unpacking[self.biases[number]] = bias_sums + np.arange(s.filters)
        self.layers.append((
            s.filters, self.packed_biases[number], bias_sums, run_in_lanes,
            s.height, s.width * s.channels, source.at, source.pitch,
            s.out_height, s.out_width * s.filters, gradient.at, gradient.pitch,
            first[0], last[0], first[1], last[1], first[2], last[2],
        ))  # fmt: skip

    def _plan_phase(self, number: int, phase: int) -> None:
        """Plan the gradient by every ``stride``-th row of a layer's input: super-pixels, with their channels as lanes.

        The windows that see a super-pixel lie side by side and end with that which begins in it; their order is the
        opposite of that of the weights with which they see it.
        """
        s, gradient = self.shapes[number], self.gradients[number]
        rows = np.arange((phase - s.top) % s.stride, s.height, s.stride)
        columns = np.arange(s.left // s.stride, (s.width - 1 + s.left) // s.stride + 1)
        y, x = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
        row_taps, partial = -(-(s.kernel - phase) // s.stride), s.kernel % s.stride
        weights = np.full((row_taps, s.taps, s.filters, s.stride, s.channels), self.zero)
        for i, j, column in np.ndindex(row_taps, s.taps, s.stride):
            at = (phase + s.stride * (row_taps - 1 - i), column + s.stride * (s.taps - 1 - j))
            if at[1] < s.kernel:
                weights[i, j, :, column] = self.weights[number][:, at[0], at[1]]
        weights = self._widened(weights.reshape(row_taps, s.taps, s.filters, s.stride * s.channels))
        last, whole = int(partial > 0), s.taps - int(partial > 0)
        tiles: list[tuple[int, ...]] = []
        for first, taps, lanes in ((last, whole, s.stride), (0, last, partial if whole else s.stride)):
            if taps:
                part = weights[:, first : first + taps]
                tiles += self._tiles(
                    part, first * s.filters, row_taps, taps * s.filters, lanes * s.channels, goes_on=bool(tiles)
                )
        begin = (x * s.stride - s.left) * s.channels
        skips = np.maximum(-begin, 0)
        counts = np.minimum(s.stride * s.channels, s.width * s.channels - begin) - skips
        reads = gradient.place((y + s.top) // s.stride - (row_taps - 1), x - (s.taps - 1))
        below = self.gradients[number - 1] if number else self.image_gradient
        writes, others = (buffer.place(y, 0) + begin + skips for buffer in (below, self.maps[number]))
        self._add_set(gradient.pitch, weights.shape[-1], tiles, (reads, writes, others, skips, counts))

    def _plan_weight_gradient(self, number: int) -> bool:
        """Plan the gradient by a layer's weights; tell whether a window's run stands in lanes."""
        s, source, weights = self.shapes[number], self.maps[number], self.weights[number]
        window = s.kernel * s.run
        run_in_lanes = s.kernel * _whole(s.run) * _whole(s.filters, ROWS) <= _whole(s.filters) * _whole(window, ROWS)
        if run_in_lanes:
            offsets, lanes = np.arange(s.filters), s.run
            shifts = [row * source.pitch for row in range(s.kernel)]
            targets = weights.reshape(s.filters, s.kernel, -1).transpose(1, 0, 2)
        else:
            offsets, lanes, shifts = source.pitch * np.arange(s.kernel)[:, None] + np.arange(s.run), s.filters, [0]
            targets = weights.reshape(s.filters, -1).T[None]
        offsets = offsets.ravel()
        rows, pitch = _whole(len(offsets), ROWS), _whole(lanes)
        for shift, target in zip(shifts, targets, strict=True):
            self.unpacking[target] = self.sums + np.arange(len(offsets))[:, None] * pitch + np.arange(lanes)
            self.outers += [(shift + lane, vectors, self.sums + lane, pitch) for lane, vectors in _groups(lanes)]
            self.sums += rows * pitch
        self.offsets.append(np.pad(offsets, (0, rows - len(offsets))))
        return run_in_lanes

    def _tiles(
        self, weights: Indices, shift: int, rows: int, run: int, lanes: int, *, goes_on: bool = False
    ) -> list[tuple[int, ...]]:
        return [
            (shift, rows, run, vectors, lane, self._pack(weights[..., lane : lane + vectors * WIDTH]), goes_on)
            for lane, vectors in _groups(lanes)
        ]

    def _dots(self, window: Indices, lane: int) -> list[tuple[int, ...]]:
        """Have calls of ``multiply_dots`` make the filters (filters, rows, run) from ``lane`` on."""
        filters, rows, run = window.shape
        padding = ((0, -filters % VECTORS), (0, 0), (0, -run % WIDTH))
        window = np.pad(window, padding, constant_values=self.zero).reshape(
            -1, VECTORS, rows, _whole(run) // WIDTH, WIDTH
        )
        return [
            (0, rows, run, 0, lane + i * VECTORS, self._pack(part.transpose(1, 2, 0, 3)), False)
            for i, part in enumerate(window)
        ]

    def _add_set(self, row_pitch: int, lanes: int, tiles: list[tuple[int, ...]], places: tuple[Indices, ...]) -> None:
        count, padding = len(places[0]), -len(places[0]) % PIXELS
        first = sum(len(reads) for reads, *_ in self.places)
        self.sets.append((first, count, row_pitch, len(self.tiles), len(self.tiles) + len(tiles), lanes))
        self.tiles += tiles
        self.lanes = max(self.lanes, lanes)
        self.places.append([np.pad(each, (0, padding), mode="edge") for each in places])

    def _widened(self, weights: Indices) -> Indices:
        """Fill the last axis up to whole vectors, with zeros."""
        return np.pad(
            weights, [(0, 0)] * (weights.ndim - 1) + [(0, -weights.shape[-1] % WIDTH)], constant_values=self.zero
        )

    def _pack(self, weights: Indices) -> int:
        """Have weights packed in this order; return where they begin."""
        begin = self.packed
        self.packing.append(weights.ravel())
        self.packed += weights.size
        return begin

    def finish(self, forward_packed: int) -> ConvPlan:
        """Put the tables together."""
        kinds = ((self.layers, LAYER), (self.sets, PIXEL_SET), (self.tiles, TILE), (self.outers, OUTER))
        places = [np.concatenate(each) for each in zip(*self.places, strict=True)]
        last = self.shapes[-1]
        return ConvPlan(
            tables=Tables._make([*(np.array(*kind) for kind in kinds), *places, np.concatenate(self.offsets)]),
            packing=np.concatenate(self.packing),
            unpacking=self.unpacking,
            forward_packed=forward_packed,
            scratch=self.scratch,
            tape=self.tape,
            lanes=self.lanes,
            sums=self.sums,
            out_shape=(last.filters, last.out_height, last.out_width),
        )


def _whole(count: int, step: int = WIDTH) -> int:
    """Round up to a multiple."""
    return -(-count // step) * step


def _groups(lanes: int) -> list[tuple[int, int]]:
    """Split lanes into groups of at most ``VECTORS`` vectors: first lane and vectors of each."""
    vectors = _whole(lanes) // WIDTH
    parts = np.array_split(np.arange(vectors), max(-(-vectors // VECTORS), 1))
    return [(int(part[0]) * WIDTH, len(part)) for part in parts if len(part)]
