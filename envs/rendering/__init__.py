"""Rendering: pictures of roads in all seasons, drawn on the CPU by numba kernels."""
