from __future__ import annotations

import pytest

from wormdrive.envs.simulation.semantic_labels import SemanticLabel


def test_classes_bear_the_numbers_of_carla() -> None:
    """As in ``carla.CityObjectLabel`` of 0.9.14 and later."""
    carla = pytest.importorskip("carla")
    names = {
        SemanticLabel.NONE: "NONE",
        SemanticLabel.ROADS: "Roads",
        SemanticLabel.SIDEWALKS: "Sidewalks",
        SemanticLabel.POLES: "Poles",
        SemanticLabel.VEGETATION: "Vegetation",
        SemanticLabel.TERRAIN: "Terrain",
        SemanticLabel.SKY: "Sky",
        SemanticLabel.PEDESTRIANS: "Pedestrians",
        SemanticLabel.RIDER: "Rider",
        SemanticLabel.CAR: "Car",
        SemanticLabel.TRUCK: "Truck",
        SemanticLabel.BUS: "Bus",
        SemanticLabel.MOTORCYCLE: "Motorcycle",
        SemanticLabel.BICYCLE: "Bicycle",
        SemanticLabel.STATIC: "Static",
        SemanticLabel.DYNAMIC: "Dynamic",
        SemanticLabel.BUILDINGS: "Buildings",
        SemanticLabel.TRAFFIC_LIGHT: "TrafficLight",
        SemanticLabel.TRAFFIC_SIGNS: "TrafficSigns",
        SemanticLabel.OTHER: "Other",
        SemanticLabel.ROAD_LINES: "RoadLines",
        SemanticLabel.GROUND: "Ground",
    }
    assert set(names) == set(SemanticLabel)
    for label, name in names.items():
        assert int(getattr(carla.CityObjectLabel, name)) == label
