"""Cells: liquid ones on a wiring, and the recurrent baselines, all with explicit state."""
