"""The kernels of a stack of convolutions: maps, and gradients by weights and images, frame by frame.

A frame's maps and gradients stay in the core's own caches, and nothing is copied into matrices first. See
``conv_planner`` for the method. Each frame is computed by itself; sums over frames are made in the order of frames.

What it costs at least: the grey head has 9.1 million multiply-adds forward and 26.7 million with all gradients by
weights. A core that does 32 a cycle, two of AVX-512's instructions, at 2.7 GHz, needs 0.11 and 0.31 ms for them; 0.11
and 0.38 ms measured. Lanes without a filter and the first map, made twice, cost 0.04 ms of the difference.

Arrays are taken out of the tables before loops: a look-up within would count references there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import inner, jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, store_first, where_positive
from wormdrive.perception.kernels import micro_kernels
from wormdrive.perception.kernels.conv_plan import Indices, Tables
from wormdrive.perception.kernels.micro_kernels import PIXELS, ROWS, multiply_dots, multiply_outer, multiply_tile

__all__ = ["add_gradients", "make_maps", "pack"]

Floats = NDArray[np.float32]

_BLOCK = 128
"""Pixels that outer products add up at a time, so that what they read stays in the first cache."""


@inner
def _aligned(count: int) -> Floats:
    """Zeros that begin with a cache line."""
    room = np.zeros(count + LANES, np.float32)
    skip = (-room.ctypes.data % 64) // 4
    return room[skip : skip + count]


@inner
def _fill_map(layer: Any, image: Floats, source: Floats) -> None:
    for y in range(layer.map_rows):
        at, begin = layer.map_at + y * layer.map_pitch, y * layer.map_row
        for i in range(layer.map_row):
            source[at + i] = image[begin + i]


@inner
def _multiply_tiles(
    tiles: Any, reads: Indices, pixels: Any, first: int, source: Floats, packed: Floats, sums: Floats, start: int
) -> None:
    """Make the sums of the ``PIXELS`` pixels from ``first`` on; each begins with the lanes from ``start`` on."""
    for t in range(pixels.first_tile, pixels.last_tile):
        tile = tiles[t]
        if tile.vectors == 0:
            multiply_dots(
                source, reads, pixels.first + first, tile.shift, tile.rows, pixels.row_pitch, tile.run,
                packed, tile.weights, sums, start + tile.lane, tile.lane, pixels.lanes,
            )  # fmt: skip
        else:
            start_at, pitch = (tile.lane, pixels.lanes) if tile.goes_on else (start + tile.lane, 0)
            multiply_tile(
                source, reads, pixels.first + first, tile.shift, tile.rows, pixels.row_pitch, tile.run,
                packed, tile.weights, sums, start_at, pitch, tile.lane, pixels.lanes, tile.vectors,
            )  # fmt: skip


@inner
def _rectified(value: Any, test: Any, slope: np.float32) -> Any:
    """Lanes of ``value`` where ``test`` is above zero, else ``slope`` times as much."""
    return where_positive(test, value, fill(slope) * value if slope != 0 else fill(slope))


@inner
def _make_map(
    tables: Tables, number: int, source: Floats, packed: Floats, slope: np.float32, sums: Floats, target: Floats
) -> None:
    """Make a layer's map, after its activation."""
    tiles, reads, writes = tables.tiles, tables.reads, tables.writes
    layer, pixels = tables.layers[number], tables.sets[number]
    start = PIXELS * pixels.lanes
    for lane in range(0, pixels.lanes, LANES):
        store(sums, start + lane, load(packed, layer.bias + lane))
    for first in range(0, pixels.count, PIXELS):
        _multiply_tiles(tiles, reads, pixels, first, source, packed, sums, start)
        for lane in range(0, layer.filters, LANES):
            count = layer.filters - lane
            for p in range(min(PIXELS, pixels.count - first)):
                value = load(sums, p * pixels.lanes + lane)
                write = writes[pixels.first + first + p]
                store_first(target, write + lane, _rectified(value, value, slope), count)


@inner
def _make_input_gradient(
    tables: Tables, number: int, gradient: Floats, packed: Floats, activations: Floats, slope: np.float32,
    sums: Floats, target: Floats,
) -> None:  # fmt: skip
    """Make the gradient by what a layer reads, before the activation of slope ``slope`` that made it."""
    tiles, reads, writes, others = tables.tiles, tables.reads, tables.writes, tables.others
    skips, counts, sets = tables.skips, tables.counts, tables.sets
    layer = tables.layers[number]
    for s in range(layer.first_set, layer.last_set):
        pixels = sets[s]
        start = PIXELS * pixels.lanes
        for lane in range(0, pixels.lanes, LANES):
            store(sums, start + lane, fill(np.float32(0)))
        for first in range(0, pixels.count, PIXELS):
            _multiply_tiles(tiles, reads, pixels, first, gradient, packed, sums, start)
            for lane in range(0, pixels.lanes, LANES):
                for p in range(min(PIXELS, pixels.count - first)):
                    pixel = pixels.first + first + p
                    count = counts[pixel] - lane
                    if count > 0:
                        value = load(sums, p * pixels.lanes + skips[pixel] + lane)
                        test = load(activations, others[pixel] + lane)
                        store_first(target, writes[pixel] + lane, _rectified(value, test, slope), count)


@inner
def _add_weight_gradient(tables: Tables, number: int, source: Floats, gradient: Floats, sums: Floats) -> None:
    outers, offsets, others = tables.outers, tables.offsets, tables.others
    layer, pixels = tables.layers[number], tables.sets[number]
    numbers, number_reads, lanes, lane_reads = source, tables.reads, gradient, tables.others
    if layer.run_in_lanes:
        numbers, number_reads, lanes, lane_reads = gradient, tables.others, source, tables.reads
    end = pixels.first + pixels.count
    for first in range(pixels.first, end, _BLOCK):
        for o in range(layer.first_outer, layer.last_outer):
            outer = outers[o]
            for row in range(layer.first_offset, layer.last_offset, ROWS):
                multiply_outer(
                    numbers, number_reads, offsets, row, lanes, lane_reads, outer.shift,
                    first, min(first + _BLOCK, end),
                    sums, outer.sums + (row - layer.first_offset) * outer.pitch, outer.pitch, outer.vectors,
                )  # fmt: skip
    for lane in range(0, layer.filters, LANES):
        # Two sums at a time: an addition takes four cycles, and there may be two in each.
        even, odd = load(sums, layer.bias_sums + lane), fill(np.float32(0))
        for pixel in range(pixels.first, end - 1, 2):
            even = even + load(gradient, others[pixel] + lane)
            odd = odd + load(gradient, others[pixel + 1] + lane)
        if pixels.count % 2:
            even = even + load(gradient, others[end - 1] + lane)
        store(sums, layer.bias_sums + lane, even + odd)


@inner
def _fill_last_gradient(tables: Tables, d_outputs: Floats, outputs: Floats, slope: np.float32, scratch: Floats) -> None:
    layer = tables.layers[len(tables.layers) - 1]
    for y in range(layer.gradient_rows):
        at, begin = layer.gradient_at + y * layer.gradient_pitch, y * layer.gradient_row
        for i in range(layer.gradient_row):
            value = d_outputs[begin + i]
            scratch[at + i] = value if not outputs[begin + i] <= 0 else value * slope


def _compile(sources: str) -> tuple[Callable[..., Any], ...]:
    """Compile the kernels; ``sources``, a digest, makes numba's cache notice a change in other files too."""

    @jit
    def pack(numbers: Floats, packing: Indices, packed: Floats) -> None:
        """Lay weights out as the tiles read them."""
        if sources == "":
            return
        for i in range(len(packed)):
            packed[i] = numbers[packing[i]]

    @jit
    def make_maps(
        tables: Tables, images: Floats, packed: Floats, slopes: Floats, sizes: tuple[int, int],
        first: int, last: int, keep: bool, tape: Floats, outputs: Floats,
    ) -> None:  # fmt: skip
        """Fill the outputs of frames ``first`` to ``last``, and their tape if it is to be kept.

        ``images`` (M, h * w * C), ``outputs`` (M, ...); ``tape`` (last - first, ...), or (0, ...) if nothing is kept.
        ``sizes``: of the scratch and of the sums.
        """
        if sources == "":
            return
        scratch, sums = _aligned(sizes[0]), _aligned(sizes[1])
        unkept = _aligned(tape.shape[1])
        layers = len(tables.layers)
        for m in range(first, last):
            maps = unkept
            if keep:
                maps = tape[m - first]
                maps[:] = 0
            _fill_map(tables.layers[0], images[m], scratch)
            for i in range(layers):
                target = outputs[m] if i == layers - 1 else scratch if i == 0 else maps
                _make_map(tables, i, scratch if i < 2 else maps, packed, slopes[i], sums, target)

    @jit
    def add_gradients(
        tables: Tables, images: Floats, packed: Floats, slopes: Floats, sizes: tuple[int, int], first: int, last: int,
        tape: Floats, outputs: Floats, d_outputs: Floats, sums: Floats, by_images: bool, d_images: Floats,
    ) -> None:  # fmt: skip
        """Add to ``sums`` the gradient by weights and biases of frames ``first`` to ``last``; fill ``d_images``."""
        if sources == "":
            return
        scratch, tile = _aligned(sizes[0]), _aligned(sizes[1])
        one = np.float32(1)
        layers = len(tables.layers)
        for m in range(first, last):
            _fill_map(tables.layers[0], images[m], scratch)
            # The first map is the largest and the cheapest: rather than kept, it is made again.
            if layers > 1:
                _make_map(tables, 0, scratch, packed, slopes[0], tile, scratch)
            _fill_last_gradient(tables, d_outputs[m], outputs[m], slopes[layers - 1], scratch)
            for i in range(layers - 1, -1, -1):
                source = scratch if i < 2 else tape[m - first]
                _add_weight_gradient(tables, i, source, scratch, sums)
                if i:
                    _make_input_gradient(tables, i, scratch, packed, source, slopes[i - 1], tile, scratch)
                elif by_images:
                    _make_input_gradient(tables, i, scratch, packed, source, one, tile, d_images[m])

    return pack, make_maps, add_gradients


pack, make_maps, add_gradients = _compile(sources_digest(micro_kernels))
