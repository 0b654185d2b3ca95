"""What the machine offers: the processor, a display, a browser, a C compiler."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path

from wormdrive.cli.checks.check_result import CheckResult, State

__all__ = ["check_browser", "check_compiler", "check_display", "check_processor"]

_FEATURES = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512bf16": "bf16", "amx-bf16": "AMX bf16", "neon": "NEON"}
"""LLVM's names of what the camera's and the cells' kernels, and torch's bfloat16, make use of."""


def check_processor() -> CheckResult:
    """Cores, vector instructions that the kernels use, and the type that the head computes in."""
    import numba
    import torch
    from llvmlite import binding

    from wormdrive.agents.policies.policy import fast_inference_dtype
    from wormdrive.envs.rendering.kernels.compilation import NUMBA_TESTED

    features = binding.get_host_cpu_features()
    there = [name for key, name in _FEATURES.items() if features.get(key)]
    head = str(fast_inference_dtype(torch.device("cpu"))).removeprefix("torch.")
    cores = _cores()
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    parts = [f"{cores} core{'s' * (cores > 1)}", *(there or ["no vector instructions"]), f"head in {head}"]
    found = ", ".join([binding.get_host_cpu_name(), *parts, *([gpu] if gpu else [])])
    values = {
        "cores": cores,
        "features": {name: bool(features.get(key)) for key, name in _FEATURES.items()},
        "head_type": head,
        "gpu": gpu,
    }
    version = tuple(int(part) for part in numba.__version__.split(".")[:2])
    if getattr(numba.config, "DISABLE_JIT", 0):
        return CheckResult(
            "processor", State.fault, found + ", kernels are not compiled", "unset NUMBA_DISABLE_JIT", values
        )
    if not NUMBA_TESTED[0] <= version <= NUMBA_TESTED[1]:
        tried = " to ".join(f"{major}.{minor}" for major, minor in NUMBA_TESTED)
        advice = f"numba {numba.__version__} is untried, the camera may be slower: pip install 'numba' from {tried}"
        return CheckResult("processor", State.warning, found, advice, values)
    if "AVX2" not in there and "NEON" not in there:
        return CheckResult(
            "processor", State.warning, found, "expect a slow camera; a processor since 2013 has AVX2", values
        )
    return CheckResult("processor", State.ok, found, values=values)


def check_display() -> CheckResult:
    """Whether a window could open."""
    driver, where = os.environ.get("SDL_VIDEODRIVER", ""), None
    if driver in ("dummy", "offscreen"):
        return CheckResult(
            "display",
            State.absent,
            f"simulated (SDL_VIDEODRIVER={driver})",
            "for a window unset it",
            {"display": driver},
        )
    if sys.platform in ("win32", "darwin"):
        where = sys.platform
    elif os.environ.get("WAYLAND_DISPLAY"):
        where = f"Wayland {os.environ['WAYLAND_DISPLAY']}"
    elif os.environ.get("DISPLAY"):
        where = f"X11 {os.environ['DISPLAY']}"
        if not _x11_answers(os.environ["DISPLAY"]):
            return CheckResult(
                "display",
                State.warning,
                f"{where} is named by DISPLAY, but does not answer",
                "start it, set DISPLAY right (ssh -X), or run under xvfb-run",
                {"display": None},
            )
    if where is None:
        advice = "for a window: a desktop, ssh -X or xvfb-run; driving, training and reports need none"
        return CheckResult("display", State.absent, "none", advice, {"display": None})
    return CheckResult("display", State.ok, where, values={"display": where})


def check_browser() -> CheckResult:
    """Whether reports can be opened here."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return CheckResult(
            "browser", State.absent, "none", "reports are one HTML file each: look at them elsewhere", {"browser": None}
        )
    name = str(getattr(browser, "name", type(browser).__name__))
    return CheckResult("browser", State.ok, name, values={"browser": name})


def check_compiler() -> CheckResult:
    """Whether exported C can be compiled and tried."""
    from wormdrive.training.export.compiled import find_compiler

    compiler = find_compiler()
    if compiler is None:
        advice = "to try what `wormdrive export --to c` writes, install gcc or clang, or set CC"
        return CheckResult("C compiler", State.absent, "none", advice, {"compiler": None})
    done = subprocess.run(  # noqa: S603 - the user's own compiler
        [*compiler, "--version"], capture_output=True, text=True, check=False, timeout=10.0, stdin=subprocess.DEVNULL
    )
    said = done.stdout.strip().splitlines()
    return CheckResult("C compiler", State.ok, said[0] if said else " ".join(compiler), values={"compiler": compiler})


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _x11_answers(display: str) -> bool:
    """Whether something listens where DISPLAY points to; screens of other hosts are believed."""
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local is None or not hasattr(socket, "AF_UNIX"):
        return True
    path = Path("/tmp/.X11-unix") / f"X{local[1]}"  # noqa: S108 - where X11 has its sockets
    for address in (f"\0{path}", str(path)):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1.0)
            try:
                connection.connect(address)
            except OSError:
                continue
            return True
    return False
