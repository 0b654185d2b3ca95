"""Report: a test of flights as one self-contained page."""
