"""Road camera: roads, weather and traffic as a car's front camera sees them, drawn by numba kernels.

``road_camera.RoadCamera`` draws a batch of ``views``. Before it does, the ``lens`` is worked out, ``road_layout`` has
the routes ready as arrays, and ``texture_cache`` the baked textures of the seasons. ``frame.draw_worlds`` then draws
one world after the other; a frame goes through these, front to back:

1. ``ground/rows``: the route ahead is walked once; every row of the picture gets its place on the road.
2. ``scenery/scenery`` and ``scenery/traffic`` list what stands there, nearest first; ``scenery/sprites`` draws it and
   notes what it hides.
3. ``sky`` (coloured by ``sky_colours``), in the rows above the ground.
4. The ground, row by row: ``ground/projection`` from pixels to station and lateral position, ``ground/row_layout`` to
   strips of the texture, ``ground/ground_texture`` its colour, which ``ground/seams``, ``ground/road_marks`` and
   ``ground/litter`` paint over, ``ground/shadows``, and ``ground/shading``: light, snow, water and haze.
5. ``roll`` turns what a leaning camera sees; ``precipitation`` falls before the lens; ``postprocess`` makes bytes.

So the colour of a pixel is the work of ``sprites.draw_things``, ``sky.draw_sky`` or ``shading.shade_ground``, and of
``postprocess.develop`` in the end; its class and depth that of ``sprites.label_things``, ``row_layout.label_stretches``
and ``road_marks.label_marks``. What passes between the steps is in ``frame.Scratch``.

What made it quick, in microseconds that a frame of 200x78 lost on one core: telling LLVM that arrays do not overlap
(520 to 320); weaving bytes in a loop of their own (197 to 10); no arrays in tuples or slices inside rows, since numba
counts their references (layout of rows 69 to 17); front to back with hidden cells skipped (sprites 109 to 80, a sum
and not a maximum over a cell's pixels, which LLVM leaves scalar: 160); two texels a fetch (ground 30 to 23); one
season after the other in a batch (mixed views 425 to 380, by the cache).

Later, on another machine (AVX-512, 200x80, mixed views, 334 in all at first): whole registers of 512 bits (334 to 303,
texture 44 to 28, projection 11 to 6, sky 15 to 11); the filter of leaves in a loop of its own, since LLVM fetched its
four texels where they were not wanted, too (leaves 25 to 13); sprites in cells of sixteen pixels, of which there are
fewer to begin, sum up and find hidden (105 to 82; with AVX2 119 to 99; cells of 32 draw too much: 102); a cell's being
hidden written always rather than upon a branch (82 to 75). What is left, of some 245: sprites 75, ground 105 (texture
25, marks 10, leaves 11, shadows 11, shading 10, coordinates 26), listing what stands there 26, developing 16, sky 11;
were the textures always at hand, 20 less.

Tried without gain: a batch sorted by map and station, besides season (less than 0.5 %); work space that begins at a
line of the cache (nothing, though vectors fill a whole line); listing a row's open cells before they are drawn (sprites
2 to 5 % slower).
"""
