"""Road tests: roads that a generator invents, driven until the car is out of its lane.

Names and calls are those of the cyber-physical systems tool competition of the SBFT and ICST workshops (its package is
called ``code_pipeline``), so that a generator written for it runs here as it stands. Not here are its budgets by
simulated time (``execution_budget``), the ``features`` of roads, and the ``risk_value`` of its game engine's driver.

>>> test = RoadTestFactory.create_road_test([(20, 20), (80, 20)])
>>> TestValidator(map_size=200).validate_test(test)
(True, '')
"""

from __future__ import annotations

from wormdrive.scenarios.road_tests.execution_data import ExecutionData, SimulationDataRecord
from wormdrive.scenarios.road_tests.executor import Execution, RoadTestExecutor
from wormdrive.scenarios.road_tests.road_test import RoadTest, RoadTestFactory
from wormdrive.scenarios.road_tests.statistics import TestGenerationStatistic
from wormdrive.scenarios.road_tests.validator import TestValidator

__all__ = [
    "Execution",
    "ExecutionData",
    "RoadTest",
    "RoadTestExecutor",
    "RoadTestFactory",
    "SimulationDataRecord",
    "TestGenerationStatistic",
    "TestValidator",
]
