"""Satellite navigation against the client's own projection."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.carla_server.measurement import GeoReference, Gnss, GnssNoise
from wormdrive.envs.roads import read_map


def test_noise_is_as_told() -> None:
    gnss = Gnss(GeoReference(49.0, 8.0), GnssNoise((0.001, 0.0, 2.0), (0.0, 1e-5, 0.0)), seed=1)
    measured = [gnss.measure(0.0, 0.0, 10.0) for _ in range(500)]
    assert measured[0].latitude_deg == pytest.approx(49.001)
    assert measured[0].altitude_m == 12.0
    assert np.std([one.longitude_deg for one in measured]) == pytest.approx(1e-5, rel=0.1)


def test_positions_as_the_client_projects_them() -> None:
    """Numbers of the CARLA 0.9.16 client's ``transform_to_geolocation`` for a map of +lat_0=49 +lon_0=8."""
    reference = GeoReference.of("+proj=tmerc +lat_0=4.9e1 +lon_0=8 +k=1 +x_0=0 +y_0=0 +datum=WGS84")
    for (x, y), latitude, longitude in (
        ((0.0, 0.0), 49.0, 8.0),
        ((1000.0, 0.0), 48.99999918924545, 8.013698077472796),
        ((0.0, 1000.0), 49.0089867475402, 8.0),
        ((50_000.0, -20_000.0), 48.818251050256784, 8.682419254948666),
    ):
        found = reference.geodetic(x, y, 5.0)
        assert found.latitude_deg == pytest.approx(latitude, abs=1e-9)
        assert found.longitude_deg == pytest.approx(longitude, abs=1e-9)
        assert found.altitude_m == 5.0


def test_positions_against_the_client_itself() -> None:
    carla = pytest.importorskip("carla")
    road_map = read_map("suburb")
    client = carla.Map("suburb", road_map.text)
    reference = GeoReference.of(road_map.geo_reference)
    for x, y in ((10.0, 20.0), (-500.0, 300.0), (1234.0, -4321.0)):
        theirs = client.transform_to_geolocation(carla.Location(x, y, 3.0))
        ours = reference.geodetic(x, y, 3.0)
        assert ours.latitude_deg == pytest.approx(theirs.latitude, abs=1e-9)
        assert ours.longitude_deg == pytest.approx(theirs.longitude, abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+proj=utm +zone=32",
        "+lat_0=x +lon_0=1",
        "+lat_0=91 +lon_0=1",
        "+lat_0=1e999 +lon_0=0",
        "+lat_0=1-1 +lon_0=1",
    ],
)
def test_maps_without_an_origin_have_carlas(text: str) -> None:
    assert GeoReference.of(text) == GeoReference(42.0, 2.0)
