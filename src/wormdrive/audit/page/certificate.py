"""The certificate on the page: what is proved, beside what was seen, and how far apart they lie."""

from __future__ import annotations

from typing import Final

from wormdrive.audit.certificate.section import MOST_NOISE, CertificateSection
from wormdrive.audit.page.fragments import figures, fragment, times

__all__ = ["certificate_finding", "certificate_fragment"]

_TIGHT_PER_M: Final = 0.1
"""Curvature of a tight bend [1/m]: an interval as wide as this says nothing about the steering."""

_NEARLY: Final = 0.99
"""Halving stops just below the most noise that is tried."""


def certificate_finding(found: CertificateSection) -> str:
    """Say what is proved over the longest time, what was seen, and where the proof fails."""
    count = max(found.proved)
    proved, seen = found.proved[count], found.measured[count]
    said = f"no noise at all is proved to be harmless over {count} frames of straight road"
    if proved:
        said = f"noise up to {_noise(proved)} on the features is proved harmless over {count} frames of straight road"
    if seen is not None:
        said += f" ({_noise(seen)} was seen to drive it out)"
    if found.by_pixels is not None and max(found.by_pixels.values()) > _TIGHT_PER_M:
        said += ", yet for two grey levels on the picture nothing of use is proved"
    return said


def certificate_fragment(found: CertificateSection) -> str:
    """Tell both as tables."""
    counts = list(found.proved)
    rows = {
        "proved": [_noise(found.proved[count]) for count in counts],
        "seen to drive it out (a gradient's search)": [_seen(found.measured[count]) for count in counts],
        "the proved lies below that by": [
            times(_ratio(found.proved[count], found.measured[count])) for count in counts
        ],
    }
    widths = {f"{figures(noise)} on every feature": of for noise, of in found.by_features.items()}
    if found.by_pixels is not None:
        widths["2 grey levels on every pixel"] = found.by_pixels
    return fragment(
        "certificate.html.jinja",
        first_frame=found.first_frame,
        counts=counts,
        rows=rows,
        widths={name: [figures(of[count]) for count in counts] for name, of in widths.items()},
    )


def _noise(noise: float) -> str:
    return f"{MOST_NOISE:g} or more" if noise >= _NEARLY * MOST_NOISE else figures(noise)


def _seen(noise: float | None) -> str:
    return f"none up to {MOST_NOISE:g}" if noise is None else figures(noise)


def _ratio(proved: float, seen: float | None) -> float | None:
    """Return how many times as large what was seen is; ``None`` where there is no end to it or nothing is proved."""
    return seen / proved if seen is not None and proved else None
