"""The certificate on the page: what is proved, beside what was seen, and how far apart they lie."""

from __future__ import annotations

from wormdrive.audit.certificate.section import CertificateSection
from wormdrive.audit.page.fragments import figures, fragment, times

__all__ = ["certificate_finding", "certificate_fragment"]


def certificate_finding(found: CertificateSection) -> str:
    """Say how far the proved noise lies below the measured, over the longest time."""
    count = max(found.proved)
    proved, seen = found.proved[count], found.measured[count]
    if not proved:
        return f"no noise at all is proved to be harmless over {count} frames of straight road"
    if seen is None:
        return f"noise up to {figures(proved)} on the features is proved harmless over {count} frames of straight road"
    return (
        f"over {count} frames of straight road noise up to {figures(proved)} on the features is proved harmless, "
        f"{times(seen / proved)} less than what was seen to drive it out"
    )


def certificate_fragment(found: CertificateSection) -> str:
    """Tell both as a table."""
    counts = list(found.proved)
    ratios = {count: _ratio(found.proved[count], found.measured[count]) for count in counts}
    return fragment("certificate.html.jinja", found=found, counts=counts, ratios=ratios)


def _ratio(proved: float, seen: float | None) -> float | None:
    """Return how many times as large what was seen is; ``None`` where there is no end to it or to what is proved."""
    return seen / proved if seen is not None and proved else None
