from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.simd import LANES
from wormdrive.perception.kernels.conv_plan import ConvPlan, ConvShape
from wormdrive.perception.kernels.conv_planner import plan_convolutions
from wormdrive.perception.kernels.micro_kernels import PIXELS, ROWS, VECTORS, WIDTH

SHAPES = {
    "head": (ConvShape(1, 39, 100, 24, 5, 2, 1, 2, 2, 2), ConvShape(24, 20, 50, 36, 5, 2, 1, 2, 1, 2)),
    "deep": (
        ConvShape(3, 30, 31, 8, 3, 2, 0, 0, 0, 0), ConvShape(8, 14, 15, 20, 2, 1, 0, 0, 0, 0),
        ConvShape(20, 13, 14, 7, 3, 3, 0, 0, 0, 0), ConvShape(7, 4, 4, 12, 3, 2, 0, 0, 0, 0),
    ),
    "no padding": (ConvShape(3, 20, 21, 8, 3, 1, 0, 0, 0, 0),),
    "holes": (ConvShape(2, 9, 11, 40, 1, 3, 0, 0, 0, 0),),
    "odd": (ConvShape(5, 13, 14, 7, 4, 3, 1, 1, 0, 1),),
}  # fmt: skip


@pytest.fixture(params=SHAPES)
def shapes(request: pytest.FixtureRequest) -> tuple[ConvShape, ...]:
    return SHAPES[request.param]


@pytest.fixture
def plan(shapes: tuple[ConvShape, ...]) -> ConvPlan:
    return plan_convolutions(shapes)


def test_maps_need_every_weight_once_and_so_do_gradients(shapes: tuple[ConvShape, ...], plan: ConvPlan) -> None:
    weights = sum(s.filters * s.kernel * s.run for s in shapes)
    everything = weights + sum(s.filters for s in shapes)
    forward, backward = np.split(plan.packing, [plan.forward_packed])
    assert (np.bincount(forward, minlength=everything + 1)[:everything] == 1).all()
    assert (np.bincount(backward, minlength=everything + 1)[:weights] == 1).all()
    assert plan.packing.max() == everything, "all else is the zero behind"


def test_every_gradient_has_a_sum_of_its_own(shapes: tuple[ConvShape, ...], plan: ConvPlan) -> None:
    assert len(np.unique(plan.unpacking)) == sum(s.filters * (s.kernel * s.run + 1) for s in shapes)
    assert plan.unpacking.max() < plan.sums


def test_every_number_of_a_map_is_written_once(shapes: tuple[ConvShape, ...], plan: ConvPlan) -> None:
    tables = plan.tables
    for number, s in enumerate(shapes):
        layer, own = tables.layers[number], tables.sets[number]
        written = _written(plan, [own])
        assert len(written) == s.filters * s.out_height * s.out_width
        written = _written(plan, tables.sets[layer["first_set"] : layer["last_set"]])
        assert len(written) == s.channels * s.height * s.width


def test_nothing_is_read_outside(shapes: tuple[ConvShape, ...], plan: ConvPlan) -> None:
    tables = plan.tables

    def check(places: np.ndarray, reach: int, space: int) -> None:
        assert places.min(initial=0) >= 0
        assert places.max(initial=0) + reach <= space

    def check_tiles(pixels: np.void, space: int) -> None:
        reads = tables.reads[pixels["first"] : pixels["first"] + -(-pixels["count"] // PIXELS) * PIXELS]
        for tile in tables.tiles[pixels["first_tile"] : pixels["last_tile"]]:
            run = tile["run"] if tile["vectors"] else -(-tile["run"] // WIDTH) * WIDTH
            if tile["rows"]:
                check(reads + tile["shift"], (tile["rows"] - 1) * pixels["row_pitch"] + run, space)
            lanes = WIDTH * tile["vectors"] or VECTORS
            check(tile["weights"], tile["rows"] * run * lanes, len(plan.packing))
            assert tile["lane"] + lanes <= pixels["lanes"] <= plan.lanes

    for number, layer in enumerate(tables.layers):
        own, space = tables.sets[number], plan.scratch if number < 2 else plan.tape
        place = slice(own["first"], own["first"] + own["count"])
        reads, others = tables.reads[place], tables.others[place]
        check_tiles(own, space)
        check(others, -(-layer["filters"] // LANES) * LANES, plan.scratch)
        for pixels in tables.sets[layer["first_set"] : layer["last_set"]]:
            check_tiles(pixels, plan.scratch)
            place = slice(pixels["first"], pixels["first"] + pixels["count"])
            check(tables.others[place] + tables.counts[place], LANES - 1, space)
        numbers, lanes = ((others, plan.scratch), (reads, space))[:: 1 if layer["run_in_lanes"] else -1]
        check(numbers[0], tables.offsets[layer["first_offset"] : layer["last_offset"]].max() + 1, numbers[1])
        rows = layer["last_offset"] - layer["first_offset"]
        assert rows % ROWS == 0
        for outer in tables.outers[layer["first_outer"] : layer["last_outer"]]:
            check(lanes[0] + outer["shift"], outer["vectors"] * WIDTH, lanes[1])
            check(outer["sums"], (rows - 1) * outer["pitch"] + outer["vectors"] * WIDTH, plan.sums)


def _written(plan: ConvPlan, sets: list[np.void]) -> np.ndarray:
    """Places that the pixels of some sets write to, which must all differ."""
    tables, places = plan.tables, []
    for pixels in sets:
        assert pixels["first"] % PIXELS == 0
        for pixel in range(pixels["first"], pixels["first"] + pixels["count"]):
            places.append(tables.writes[pixel] + np.arange(tables.counts[pixel]))
    together = np.concatenate(places)
    assert len(np.unique(together)) == len(together)
    return together


def test_plans_are_kept() -> None:
    assert plan_convolutions(SHAPES["odd"]) is plan_convolutions(tuple(SHAPES["odd"]))
