"""Measurements: our parts beside their peers, in the same run."""
