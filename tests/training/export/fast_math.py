"""Flags by which exported C is compiled as builders of firmware like to."""

FAST_MATH = ("-ffast-math", "-nostartfiles")
"""Without the start files, of which one would have this whole process flush small numbers to zero from then on."""
