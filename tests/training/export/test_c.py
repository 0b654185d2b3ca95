"""The exported C, compiled and run: it equals torch, keeps within its memory and needs no library."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.export.fast_math import FAST_MATH
from tests.training.export.models import (
    DRIVERS,
    SHAPES,
    STATE_TOLERANCE,
    closed_loop,
    driver,
    needs_compiler,
    noise,
    untrained,
)
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature
from wormdrive.training.export.c_source import CSource, quantised, write_c
from wormdrive.training.export.compiled import C_FLAGS, CompiledStepper, compile_c, find_compiler
from wormdrive.training.export.network import read_network
from wormdrive.training.export.policy_stepper import TorchStepper

NAME = "car_policy"


@cache
def source(shape: str) -> CSource:
    """Export an untrained policy of a shape, once for all tests."""
    return write_c(read_network(untrained(shape)), NAME)


def put(made: CSource, folder: Path) -> None:
    (folder / f"{NAME}.c").write_text(made.source)
    (folder / f"{NAME}.h").write_text(made.header)


def compiled(policy: Policy, folder: Path, *, int8: bool = False) -> CompiledStepper:
    made = write_c(read_network(policy), NAME, int8=int8)
    put(made, folder)
    return CompiledStepper(compile_c(folder / f"{NAME}.c", folder), read_network(policy), made.ram_bytes, NAME)


@pytest.fixture(scope="module")
def stepper(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], CompiledStepper]:
    """Make a stepper of an untrained policy; every shape is compiled once."""
    libraries: dict[str, Path] = {}

    def make(shape: str) -> CompiledStepper:
        if shape not in libraries:
            folder = tmp_path_factory.mktemp("compiled")
            put(source(shape), folder)
            libraries[shape] = compile_c(folder / f"{NAME}.c", folder)
        return CompiledStepper(libraries[shape], read_network(untrained(shape)), source(shape).ram_bytes, NAME)

    return make


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize("name", DRIVERS)
def test_drives_a_whole_episode_as_torch_does(name: str, tmp_path: Path) -> None:
    drive = closed_loop(name, compiled(driver(name), tmp_path), steps=3000, length_m=120.0)
    assert drive.end_reason == ("route_done", "route_done")
    assert drive.distance_m[1] == pytest.approx(120.0, abs=1.0)
    assert drive.end_gap_m <= 0.01
    assert drive.difference_per_m <= 1e-5
    assert drive.state_difference <= 1e-5


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_torch_for_every_configuration_and_elapsed_time(
    shape: str, stepper: Callable[[str], CompiledStepper]
) -> None:
    policy = untrained(shape)
    ours, theirs = stepper(shape), TorchStepper(policy)
    ours.reset(2)
    theirs.reset(2)
    for frame, elapsed in zip(noise(policy, 6, cars=2), (1.0, 0.5, 0.0, 3.0, 100.0, 1e-3), strict=True):
        found, wanted = ours.step(frame, elapsed), theirs.step(frame, elapsed)
        assert np.abs(found - wanted).max() <= 1e-5 * policy.config.output_scale
        assert np.abs(ours.state - theirs.state).max(initial=0.0) <= STATE_TOLERANCE


@needs_compiler
@pytest.mark.parametrize("kind", ["cfc", "ncp", "lstm", "gru", "gru_ode"])
def test_gates_far_open_and_closed_survive_fast_math(kind: str, tmp_path: Path) -> None:
    """Compiled by -ffast-math no infinity may arise, and long pauses and large features would make one."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        policy = build_policy({"kind": kind}).eval()
        with torch.no_grad():
            for name, parameter in policy.named_parameters():
                if name in ("input_gain", "cell.input_weight"):
                    parameter.mul_(1000.0)
    made = write_c(read_network(policy), NAME)
    put(made, tmp_path)
    library = compile_c(tmp_path / f"{NAME}.c", tmp_path, (*C_FLAGS, "-O3", "-march=native", *FAST_MATH))
    ours, theirs = CompiledStepper(library, read_network(policy), made.ram_bytes, NAME), TorchStepper(policy)
    ours.reset(1)
    theirs.reset(1)
    for frame, elapsed in zip(noise(policy, 5), (1.0, 1e3, 1e4, 1e6, 1e8), strict=True):
        found, wanted = ours.step(frame, elapsed), theirs.step(frame, elapsed)
        assert np.isfinite(found).all()
        assert np.abs(found - wanted).max() <= 1e-3 * policy.config.output_scale
    assert float(np.array(5e-324) * 1.0) > 0.0, "this process still knows the smallest numbers"


@needs_compiler
@pytest.mark.parametrize("value", [0, 255])
def test_a_blind_camera_gives_a_finite_answer(value: int, stepper: Callable[[str], CompiledStepper]) -> None:
    ours, theirs = stepper("ncp"), TorchStepper(untrained("ncp"))
    theirs.reset(1)
    frame = np.full((1, 78, 200, 3), value, np.uint8)
    for _ in range(3):
        assert ours.step(frame) == pytest.approx(theirs.step(frame), abs=1e-6)


@needs_compiler
def test_cars_do_not_touch_each_other_and_reset_forgets(stepper: Callable[[str], CompiledStepper]) -> None:
    ours, frames = stepper("ncp"), noise(untrained("ncp"), 5, cars=3)
    ours.reset(3)
    together = [ours.step(frame) for frame in frames]
    for car in range(3):
        ours.reset(1)
        alone = [ours.step(frame[car : car + 1])[0] for frame in frames]
        assert alone == [curvature[car] for curvature in together]


@needs_compiler
def test_int8_is_torch_with_rounded_weights(tmp_path: Path) -> None:
    policy = untrained("ncp")
    stepper = compiled(policy, tmp_path, int8=True)
    exact, rounded = TorchStepper(policy), TorchStepper(policy)
    exact.reset(1)
    rounded.reset(1)
    stepper.reset(1)
    frames = noise(policy, 5)
    before = np.array([exact.step(frame) for frame in frames])
    with torch.no_grad():
        for convolution in policy.head.convolutions:
            whole, scale = quantised(convolution.weight.numpy())
            assert whole.min() >= -127
            convolution.weight.copy_(torch.from_numpy(whole * scale[:, None, None, None]))
    after = np.array([rounded.step(frame) for frame in frames])
    found = np.array([stepper.step(frame) for frame in frames])
    assert np.abs(found - after).max() <= 1e-6
    assert np.abs(found - before).max() > 10 * np.abs(found - after).max()


def test_int8_errs_by_half_a_step_at_most() -> None:
    weight = np.random.default_rng(0).standard_normal((4, 3, 5, 5)).astype(np.float32)
    weight[2] = 0.0
    whole, scale = quantised(weight)
    error = np.abs(whole * scale[:, None, None, None] - weight).max((1, 2, 3))
    assert (error <= 0.5001 * scale).all()
    assert not whole[2].any()


@needs_compiler
def test_steers_as_the_simulator_does(stepper: Callable[[str], CompiledStepper]) -> None:
    ours = stepper("ncp")
    for curvature in (-0.3, -0.02, 0.0, 0.005, 0.1, 1.0):
        for speed in (0.0, 8.0, 25.0):
            wanted = float(steer_for_curvature(curvature, speed, VehicleParameters()))
            assert ours.steer(curvature, speed) == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
def test_needs_no_library_but_mathematics(shape: str) -> None:
    made = source(shape)
    included = set(re.findall(r"#include (\S+)", made.source + made.header))
    assert included == {"<math.h>", "<stdint.h>"}
    called = set(re.findall(r"\b([a-z_0-9]+)\(", re.sub(r"/\*.*?\*/", "", made.source, flags=re.DOTALL)))
    own = set(re.findall(r"^(?:static )?(?:void|float|int) ([a-z_0-9]+)\(", made.source, flags=re.MULTILINE))
    assert called - own <= {"for", "if", "while", "expf", "sqrtf", "tanhf"}


@needs_compiler
def test_the_c_file_is_complete_by_itself_and_the_header_fits_it(tmp_path: Path) -> None:
    made = source("ncp")
    (tmp_path / "car_policy.c").write_text(made.source)
    compile_c(tmp_path / "car_policy.c", tmp_path)
    assert made.header in made.source
    # Where both come into one program, the guard keeps them apart.
    (tmp_path / "car_policy.h").write_text(made.header)
    (tmp_path / "both.c").write_text('#include "car_policy.h"\n#include "car_policy.c"\n')
    compile_c(tmp_path / "both.c", tmp_path)


def test_the_text_is_the_same_every_time_and_carries_every_bit() -> None:
    network = read_network(untrained("ncp"))
    made = source("ncp")
    assert made == write_c(network, NAME)
    (text,) = re.findall(r"weight_2\[21600\] = \{(.*?)\}", made.source, flags=re.DOTALL)
    numbers = np.array([np.float32(number.strip().removesuffix("f")) for number in text.split(",")[:-1]], np.float32)
    assert (numbers.reshape(5, 5, 24, 36).transpose(3, 2, 0, 1) == network.convolutions[1].weight).all()


@needs_compiler
@pytest.mark.parametrize("shape", SHAPES)
def test_the_struct_is_as_large_as_said(shape: str, tmp_path: Path) -> None:
    made = source(shape)
    put(made, tmp_path)
    for size, fits in ((made.ram_bytes, True), (made.ram_bytes + 4, False)):
        probe = tmp_path / "probe.c"
        probe.write_text(
            f'#include "car_policy.h"\ntypedef char probe[sizeof(car_policy_car) == {size} ? 1 : -1];\n'
            "int main(void) { return (int)sizeof(probe) - 1; }\n"
        )
        compiler = find_compiler()
        assert compiler is not None
        done = subprocess.run([*compiler, *C_FLAGS, "-fsyntax-only", probe], capture_output=True, check=False)
        assert (done.returncode == 0) is fits


_MAIN = """
#include "car_policy.h"
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    const size_t bytes = CAR_POLICY_HEIGHT * CAR_POLICY_WIDTH * 3;
    car_policy_car *car = malloc(sizeof *car);
    uint8_t *frame = malloc(bytes);
    if (!car || !frame) return 1;
    car_policy_reset(car);
    while (fread(frame, 1, bytes, stdin) == bytes) printf("%.9g\\n", (double)car_policy_step(car, frame, 0.5f));
    free(frame);
    free(car);
    return 0;
}
"""


@pytest.fixture(scope="module")
def sanitizers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    compiler, folder = find_compiler(), tmp_path_factory.mktemp("empty")
    assert compiler is not None
    watch = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    command = [*compiler, *watch, "-o", folder / "empty", folder / "empty.c"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("the C compiler has no sanitizers")
    return watch


@pytest.mark.slow
@needs_compiler
@pytest.mark.parametrize("shape", SHAPES)
def test_stays_within_its_memory(shape: str, sanitizers: list[str], tmp_path: Path) -> None:
    """A program of its own, frames through a pipe, every access and every sum watched by sanitizers."""
    compiler = find_compiler()
    assert compiler is not None
    put(source(shape), tmp_path)
    (tmp_path / "main.c").write_text(_MAIN)
    files = [tmp_path / "main.c", tmp_path / "car_policy.c"]
    # Not optimised it compiles three times as quickly, and every access is left to watch.
    subprocess.run([*compiler, *C_FLAGS, "-O0", *sanitizers, "-o", tmp_path / "program", *files, "-lm"], check=True)
    policy = untrained(shape)
    frames = noise(policy, 3)
    done = subprocess.run([tmp_path / "program"], input=frames.tobytes(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    theirs = TorchStepper(policy)
    theirs.reset(1)
    wanted = [float(theirs.step(frame, 0.5)[0]) for frame in frames]
    assert [float(line) for line in done.stdout.split()] == pytest.approx(wanted, abs=1e-6)


def test_names_from_files_stay_in_their_comment() -> None:
    wiring = json.loads(json.dumps(Wiring.ncp().to_json()).replace('"motor_0"', '"*/ int broken; /*"'))
    for kind in ("ncp", "cfc"):
        made = write_c(read_network(build_policy({"kind": kind, "wiring": wiring})))
        assert "broken" in made.source
        assert "int broken" not in made.source


@pytest.mark.parametrize("name", ["", "Car", "9lives", "a-b", "x" * 60, "_x"])
def test_names_that_c_would_not_take_are_refused(name: str) -> None:
    with pytest.raises(ArgumentError, match="name="):
        write_c(read_network(untrained("feedforward")), name)
