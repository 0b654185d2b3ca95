"""A synthetic two-lane clothoid route, for tests that need a road but no map."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.roads.route import CrossSections, Route, Surface

__all__ = ["synthetic_route"]


def synthetic_route(
    seed: int = 0, length_m: float = 800.0, tightest_radius_m: float = 45.0, hills: bool = True
) -> Route:
    """Right-hand traffic, two lanes of 3.5 m, solid edge lines, dashed centre line; smooth random curvature."""
    rng = np.random.default_rng(seed)
    ds = 0.5
    n = int(length_m / ds) + 1
    knots = np.arange(0.0, length_m + 120.0, 60.0)
    values = rng.uniform(-1.0, 1.0, len(knots)) / tightest_radius_m
    values[:2] = 0.0
    s = np.arange(n) * ds
    curvature = np.interp(s, knots, values)
    heading = np.concatenate([[0.0], np.cumsum(0.5 * (curvature[1:] + curvature[:-1]) * ds)])
    middle = 0.5 * (heading[1:] + heading[:-1])
    x = np.concatenate([[0.0], np.cumsum(np.cos(middle) * ds)])
    y = np.concatenate([[0.0], np.cumsum(np.sin(middle) * ds)])
    z = 1.5 * np.sin(2 * np.pi * s / 340.0) if hills else np.zeros(n)
    sections = CrossSections(
        edges=np.array([[-2.75, -1.75, 1.75, 5.25, 6.25]], np.float32),
        surface=np.array([[Surface.SHOULDER, Surface.DRIVING, Surface.DRIVING, Surface.SHOULDER]], np.uint8),
        mark_offset=np.array([[-1.6, 1.75, 5.1]], np.float32),
        mark_width=np.array([[0.15, 0.12, 0.15]], np.float32),
        mark_colour=np.zeros((1, 3), np.uint8),
        mark_dash=np.array([[1.0, 3.0, 1.0]], np.float32),
        mark_period=np.array([[1.0, 9.0, 1.0]], np.float32),
    )
    return Route(
        map_name=f"synthetic-{seed}",
        seed=seed,
        spacing_m=ds,
        x=x,
        y=y,
        z=z,
        heading_rad=heading,
        curvature=curvature,
        bank_rad=np.zeros(n),
        left_m=np.full(n, 1.75),
        right_m=np.full(n, 1.75),
        section=np.zeros(n, np.int32),
        cross_sections=sections,
        speed_limit_mps=np.full(n, np.inf),
    )
