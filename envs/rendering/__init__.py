"""Rendering: pictures of roads in all seasons, drawn on the CPU by numba kernels.

* ``camera``: the road camera, which draws what a car on its route sees, thousands of times a second.
* ``scene``: the scene camera, which draws a map from anywhere, with vehicles, people and houses as meshes.
* ``kernels``: how both are compiled, and the small functions that all kernels use.

Where in them the colour of a pixel comes from, and in which order, is told at the top of ``camera`` and of ``scene``.
"""
