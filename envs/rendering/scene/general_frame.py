# mypy: allow-untyped-defs, allow-untyped-calls
"""General frame: one picture of a camera that is turned in any way, band of rows by band of rows.

Within a band: the ground's depth, cars before it, things before both, nearest first; then the light of what still
shows of cars, ground and sky. No pixel depends on another band, so that bands may be drawn at once by several threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.ground.rows import ROW_FIELDS
from wormdrive.envs.rendering.camera.lens import CELL, stride_of
from wormdrive.envs.rendering.camera.postprocess import develop
from wormdrive.envs.rendering.camera.precipitation import draw_precipitation
from wormdrive.envs.rendering.camera.texture_cache import ArtArrays
from wormdrive.envs.rendering.kernels.compilation import glue
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.raster.lamps import add_glows
from wormdrive.envs.rendering.scene.raster.mesh_raster import MESH, rasterise_car
from wormdrive.envs.rendering.scene.raster.mesh_table import Meshes
from wormdrive.envs.rendering.scene.sky_view import draw_sky_rows
from wormdrive.envs.rendering.scene.terrain.billboards import draw_billboards
from wormdrive.envs.rendering.scene.terrain.ground import PIXEL_ROWS, draw_ground
from wormdrive.envs.rendering.scene.terrain.ray_march import BLOCK, trace_ground
from wormdrive.envs.rendering.scene.terrain.road_strips import StripArrays
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainArrays
from wormdrive.envs.seasons.appearance import PRECIPITATION
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

__all__ = ["FrameCanvas", "SceneArrays", "develop_frame", "draw_band", "make_canvas"]

f4 = np.float32

_SKY = int(SemanticLabel.SKY)


class FrameCanvas(NamedTuple):
    """Memory of one picture; pixels in rows of ``stride``, whole blocks of them.

    ``planes`` (8, n) float32: light, what shows through, the light of cars (3), depth of ground and cars; ``hidden``
    (cells,) uint8; ``owner`` (n,) int32: 0, or car + 1; ``label`` (n,) uint8, ``depth`` (n,) float32: the products;
    ``pixels``, ``rows``, ``corners``: work space, first axis: thread.
    """

    planes: NDArray[np.float32]
    hidden: NDArray[np.uint8]
    owner: NDArray[np.int32]
    label: NDArray[np.uint8]
    depth: NDArray[np.float32]
    pixels: NDArray[np.float32]
    rows: NDArray[np.float32]
    corners: NDArray[np.float64]


def make_canvas(width: int, height: int, threads: int) -> FrameCanvas:
    """Set memory aside."""
    stride = stride_of(width)
    size = stride * (-(-height // BLOCK) * BLOCK)
    return FrameCanvas(
        np.zeros((8, size), np.float32),
        np.zeros(size // CELL, np.uint8),
        np.zeros(size, np.int32),
        np.zeros(size, np.uint8),
        np.zeros(size, np.float32),
        np.zeros((threads, PIXEL_ROWS, stride), np.float32),
        np.zeros((threads, stride // CELL, ROW_FIELDS), np.float32),
        np.zeros((threads, 2, stride // BLOCK + 1)),
    )


class SceneArrays(NamedTuple):
    """All that one frame is drawn from; the parts are explained where they are made."""

    terrain: TerrainArrays
    strips: StripArrays
    wander: NDArray[np.float32]
    camera: CameraPose
    eye_z: float
    appearance: NDArray[np.float32]
    seed: np.uint32
    art: ArtArrays
    season: int
    sky_level: int
    places: NDArray[np.float64]
    order: NDArray[np.int64]
    cars: NDArray[np.float64]
    car_labels: NDArray[np.uint8]
    meshes: Meshes
    beam: NDArray[np.float32]
    headlights: np.float32
    noise: NDArray[np.float32]
    fine: bool


def draw_band(
    canvas: FrameCanvas,
    scene: SceneArrays,
    thread: int,
    first: int,
    last: int,
    width: int,
    *,
    colour: bool,
    labelled: bool,
) -> None:
    """Draw rows ``first`` to ``last``; ``first`` is a multiple of BLOCK.

    The steps are compiled one by one: in one piece, the compiler would take minutes.
    """
    stride = stride_of(width)
    planes = canvas.planes
    red, green, blue, through, opaque = planes[0], planes[1], planes[2], planes[3], planes[7]
    camera, appearance, art, season, meshes = scene.camera, scene.appearance, scene.art, scene.season, scene.meshes
    _clear(first * stride, last * stride, planes, canvas.hidden, canvas.owner)
    trace_ground(scene.terrain, camera, scene.eye_z, first, last, stride, canvas.corners[thread], opaque)
    _draw_cars(
        scene.cars, scene.car_labels, meshes.corners, meshes.material, meshes.first, camera, appearance,
        scene.headlights, first, last, width, stride, planes, canvas.owner, canvas.label, canvas.depth,
    )  # fmt: skip

    def draw_things(*, as_labels: bool) -> None:
        draw_billboards(
            scene.places, scene.order, camera, appearance, scene.headlights, art.atlas[season], art.atlas_offsets,
            scene.fine, as_labels, first, last, width, stride, opaque, canvas.hidden, through, red, green, blue,
            canvas.label, canvas.depth,
        )  # fmt: skip

    if colour:
        draw_things(as_labels=False)
    draw_ground(
        scene.terrain, scene.strips, scene.wander, scene.cars, art.ground[season], art.ground_offsets,
        art.litter[season], art.litter_offsets, art.shadow[season], art.shadow_offsets, camera, scene.eye_z, first,
        last, stride, opaque, canvas.owner, appearance, scene.seed, scene.beam, scene.noise, scene.fine, colour,
        labelled, canvas.hidden, through, canvas.pixels[thread], canvas.rows[thread], red, green, blue, canvas.label,
    )  # fmt: skip
    if colour:
        draw_sky_rows(
            art.sky[season], scene.sky_level, appearance, camera, first, last, stride, opaque, canvas.owner,
            canvas.hidden, through, red, green, blue,
        )  # fmt: skip
        _show_cars(first * stride, last * stride, planes, canvas.owner)
        add_glows(scene.cars, camera, appearance, first, last, width, stride, opaque, through, red, green, blue)
    if labelled:
        draw_things(as_labels=True)


@glue
def _clear(begin, end, planes, hidden, owner):
    for plane in range(4):
        planes[plane, begin:end] = f4(1) if plane == 3 else f4(0)
    hidden[begin // CELL : end // CELL] = np.uint8(0)
    owner[begin:end] = 0


@glue
def _draw_cars(
    cars, car_labels, mesh_corners, mesh_material, mesh_first, camera, appearance, headlights, first, last, width,
    stride, planes, owner, labels, depths,
):  # fmt: skip
    opaque = planes[7]
    for n in range(len(cars)):
        mesh = int(cars[n, MESH])
        begin, end = mesh_first[mesh], mesh_first[mesh + 1]
        rasterise_car(
            cars, n, mesh_corners[begin:end], mesh_material[begin:end], camera, appearance, headlights, first, last,
            width, stride, opaque, owner, planes[4], planes[5], planes[6],
        )  # fmt: skip
    for at in range(first * stride, last * stride):
        depths[at] = opaque[at]
        labels[at] = car_labels[owner[at] - 1] if owner[at] > 0 else np.uint8(_SKY)


@glue
def _show_cars(begin, end, planes, owner):
    for at in range(begin, end):
        if owner[at] > 0:
            for k in range(3):
                planes[k, at] += planes[3, at] * planes[4 + k, at]


@glue
def develop_frame(planes, pixels, width, height, stride, appearance, seed, noise, tangent, focal, channels, out):
    """Let it rain, and turn light into bytes: ``out`` (H * W * channels,) uint8, see ``develop``."""
    red, green, blue = planes[0], planes[1], planes[2]
    if appearance[PRECIPITATION] > f4(0):
        draw_precipitation(appearance, seed, width, height, 0, height, stride, red, green, blue)
    woven = np.empty((3, stride), np.uint8)
    develop(
        red, green, blue, stride, width, 0, height, appearance, noise, seed, tangent, focal, 0.5 * height, pixels[0],
        woven[0], woven[1], woven[2], channels, out,
    )  # fmt: skip
