"""Kernels: how they are compiled, and the small functions that all of them use."""
