"""The certificate's words: what is proved, and plainly where nothing is."""

from __future__ import annotations

from wormdrive.audit.certificate.section import CertificateSection
from wormdrive.audit.page.certificate import certificate_finding, certificate_fragment


def section(proved: float, seen: float | None, by_pixels: float | None = None) -> CertificateSection:
    pixels = None if by_pixels is None else {1: by_pixels, 100: by_pixels}
    return CertificateSection(7, {0.1: {1: 0.004, 100: 0.02}}, pixels, {1: 3.996, 100: proved}, {1: None, 100: seen})


def test_both_sides_are_said() -> None:
    said = certificate_finding(section(0.02, 0.03))
    assert said == (
        "noise up to 0.0200 on the features is proved harmless over 100 frames of straight road "
        "(0.0300 was seen to drive it out)"
    )


def test_a_proof_that_fails_is_not_hidden() -> None:
    assert certificate_finding(section(0.0, 0.03)).startswith("no noise at all is proved")
    assert certificate_finding(section(0.02, None, by_pixels=0.2)).endswith("nothing of use is proved")
    assert "nothing" not in certificate_finding(section(0.02, None, by_pixels=0.01))


def test_the_table_says_how_far_the_proved_lies_below() -> None:
    made = certificate_fragment(section(0.02, 0.03, by_pixels=0.2))
    for words in ("4 or more", "none up to 4", "1.5 times", "2 grey levels on every pixel", "after 100 frames"):
        assert words in made
    assert "2 grey levels on every pixel" not in certificate_fragment(section(0.02, 0.03))
