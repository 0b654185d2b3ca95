"""Sensors over a world, in SI units and ISO 8855 axes.

>>> from wormdrive.carla_server.measurement import GeoReference
>>> place = GeoReference.of("+proj=tmerc +lat_0=49 +lon_0=8").geodetic(1000.0, 0.0, 100.0)
>>> round(place.latitude_deg, 4), round(place.longitude_deg, 4), place.altitude_m
(49.0, 8.0137, 100.0)

``pose`` is the sensor's in the map's axes (``Pose.carrying`` makes it of the carrier's and the mounting pose);
``carrier`` is the vehicle that bears it, whose own box rays pass. Sensors with noise, losses or a rotation are objects
that count their measurements: the same seed and the same calls give the same bits.

==================  ====================================================================
``Lidar``           ``scan(world, pose, dt_s, carrier)``, ``scan_semantic(...)``
``Radar``           ``measure(world, pose, dt_s, carrier)``
``obstacle``        ``obstacle(world, pose, distance_m, radius_m, only_vehicles, carrier)``
``Imu``             ``measure(world, carrier, mount)``
``Gnss``            ``measure(x_m, y_m, z_m)``, ``GeoReference.of(road_map.geo_reference)``
==================  ====================================================================

Rays meet vehicles, kinematic bodies, props, traffic lights, the map's houses, signs and surface; with
``world.surroundings = Surroundings(road_map, seed)`` also the land, trees and marker posts that a scene camera with
that scenery seed shows.
``carrier`` may be any body.
"""

from __future__ import annotations

from wormdrive.carla_server.measurement.gnss import Geodetic, GeoReference, Gnss, GnssNoise
from wormdrive.carla_server.measurement.imu import Imu, ImuNoise, Inertial
from wormdrive.carla_server.measurement.lidar import Lidar, LidarScan, LidarSettings, SemanticScan
from wormdrive.carla_server.measurement.obstacle_detector import Obstacle, obstacle
from wormdrive.carla_server.measurement.radar import Radar, RadarSettings
from wormdrive.carla_server.world.roadside.surroundings import Surroundings

__all__ = [
    "GeoReference",
    "Geodetic",
    "Gnss",
    "GnssNoise",
    "Imu",
    "ImuNoise",
    "Inertial",
    "Lidar",
    "LidarScan",
    "LidarSettings",
    "Obstacle",
    "Radar",
    "RadarSettings",
    "SemanticScan",
    "Surroundings",
    "obstacle",
]
