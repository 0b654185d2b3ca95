"""What is installed: Python, Wormdrive's dependencies, and its optional extras."""

from __future__ import annotations

import platform
import re
import sys
from importlib import metadata

from wormdrive.cli.checks.check_result import CheckResult, State

__all__ = ["check_extras", "check_packages", "check_python"]

_NOT_FOR_THE_MAIN_JOB = {"carla": "CARLA", "pygame": "the window", "onnx": "export", "onnxruntime": "export"}
"""Dependencies that recording, training and driving do without."""

_NO_CARLA_SINCE = (3, 13)


def check_python() -> CheckResult:
    """Python's version and Wormdrive's own."""
    import wormdrive

    version = platform.python_version()
    found = f"{version} on {platform.system()} {platform.machine()}, wormdrive {wormdrive.__version__}"
    values = {"version": version, "executable": sys.executable, "wormdrive": wormdrive.__version__}
    if sys.version_info >= _NO_CARLA_SINCE:
        return CheckResult(
            "python", State.ok, found, "for CARLA use Python 3.10 to 3.12: it has no client for this one", values
        )
    return CheckResult("python", State.ok, found, values=values)


def check_packages() -> CheckResult:
    """Dependencies: which are there, which are missing or too old."""
    wanted = _requirements()
    if wanted is None:
        return CheckResult(
            "packages",
            State.warning,
            "Wormdrive runs from its folder and is not installed: what it needs cannot be told",
            "pip install -c constraints.txt -e . (or: make)",
        )
    versions = {name: _version(name) for name, _ in wanted[""]}
    unfit = [
        f"{name} {versions[name] or 'missing'}{f' (at least {least})' if versions[name] else ''}"
        for name, least in wanted[""]
        if not _enough(versions[name], least)
    ]
    shown = ", ".join(
        f"{name} {versions[name]}" for name in ("torch", "numba", "numpy", "gymnasium") if name in versions
    )
    if not unfit:
        return CheckResult(
            "packages", State.ok, f"all {len(versions)} are there: {shown}", values={"versions": versions}
        )
    vital = [text for text in unfit if text.split()[0] not in _NOT_FOR_THE_MAIN_JOB]
    without = sorted({_NOT_FOR_THE_MAIN_JOB[text.split()[0]] for text in unfit if text not in vital})
    return CheckResult(
        "packages",
        State.fault if vital else State.warning,
        f"{shown}; not as needed: {', '.join(unfit)}",
        "pip install -c constraints.txt -e . (or: make)"
        + (f"; without: no {', no '.join(without)}" if without else ""),
        {"versions": versions},
    )


def check_extras() -> CheckResult:
    """Extras, all optional: sb3, minari, lerobot, parquet, tensorboard, wandb, ray, bench."""
    wanted = _requirements() or {}
    extras = {extra: {name: _version(name) for name, _ in names} for extra, names in sorted(wanted.items()) if extra}
    there = [extra for extra, names in extras.items() if all(names.values())]
    missing = [extra for extra in extras if extra not in there]
    found = f"{', '.join(there) or 'none'} installed" + (f"; not: {', '.join(missing)}" if missing else "")
    advice = f"if you want one: pip install -c constraints.txt -e '.[{missing[0]}]'" if missing else ""
    return CheckResult("extras", State.absent if missing else State.ok, found, advice, {"extras": extras})


def _requirements() -> dict[str, list[tuple[str, str]]] | None:
    """Extra ("" for the dependencies) -> names and lowest versions; only what is meant for this platform."""
    try:
        lines = metadata.requires("wormdrive") or []
    except metadata.PackageNotFoundError:
        return None
    found: dict[str, list[tuple[str, str]]] = {"": []}
    for line in lines:
        requirement, _, marker = (part.strip() for part in line.partition(";"))
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", marker)
        if name is None or not _applies(marker):
            continue
        least = re.search(r"[>=]=\s*([\w.]+)", requirement)
        found.setdefault(extra[1] if extra else "", []).append((name[0].lower(), least[1] if least else "0"))
    return found


def _applies(marker: str) -> bool:
    """Read as much of the markers as our own dependencies use."""
    before = re.search(r"python_version < ['\"](\d+)\.(\d+)['\"]", marker)
    if before and sys.version_info >= (int(before[1]), int(before[2])):
        return False
    machines = re.search(r"platform_machine in ['\"]([^'\"]*)['\"]", marker)
    systems = re.search(r"sys_platform (?:in|==) ['\"]([^'\"]*)['\"]", marker)
    return (machines is None or platform.machine() in machines[1].split()) and (
        systems is None or sys.platform in systems[1].split()
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        # Three builds of OpenCV share one module.
        return _version("opencv-python") if name == "opencv-python-headless" else None


def _enough(version: str | None, least: str) -> bool:
    if version is None:
        return False
    numbers = [tuple(int(part) for part in re.findall(r"\d+", text.split("+")[0])[:3]) for text in (version, least)]
    return numbers[0] >= numbers[1]
