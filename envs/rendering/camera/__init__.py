"""The seasonal camera: roads, weather and traffic as a car's front camera sees them, drawn by numba kernels.

A frame, front to back (``frame.py``):

1. ``rows``: the route ahead is walked once; every row of the picture gets its place on the road.
2. ``scenery`` and ``traffic`` list what stands there, nearest first; ``sprites`` draws it and notes what it hides.
3. ``sky`` and, row by row, the ground behind it: ``projection`` to station and lateral position, ``row_layout`` to
   strips of the texture, ``ground_texture``, ``seams``, ``road_marks``, ``litter``, ``shadows``, ``shading``.
4. ``roll`` turns what a leaning camera sees; ``precipitation`` falls before the lens; ``post`` makes bytes.

What made it quick, in microseconds that a frame of 200x78 lost on one core: telling LLVM that arrays do not overlap
(520 to 320); weaving bytes in a loop of their own (197 to 10); no arrays in tuples or slices inside rows, since numba
counts their references (layout of rows 69 to 17); front to back with hidden cells skipped (sprites 109 to 80, a sum
and not a maximum over a cell's pixels, which LLVM leaves scalar: 160); two texels a fetch (ground 30 to 23); one
season after the other in a batch (mixed views 425 to 380, by the cache). What is left: sprites 80, ground 80, listing
what stands there 13, developing 10, and the cache misses of views that share nothing (some 80).
"""
