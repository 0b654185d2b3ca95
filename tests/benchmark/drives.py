from __future__ import annotations

from typing import Any

from wormdrive.benchmark.drive_row import DriveRow


def drive_row(**changed: Any) -> DriveRow:
    """A drive like any other, but for what is changed."""
    usual: dict[str, Any] = {
        "model": "ncp",
        "recipe": "blind",
        "seed": 0,
        "suite": "four-seasons",
        "season": "winter",
        "weather": "day",
        "shift": "",
        "rung": None,
        "clock": True,
        "map": "country_loop",
        "route": 0,
        "success": True,
        "success_centre": True,
        "distance_m": 199.5,
        "departure_distance_m": None,
        "wheel_over_share": 0.0,
        "offset_p95_m": 0.21,
        "offset_mean_m": 0.1,
        "whiteness_degps": 0.4,
        "digest": "00ff",
    }
    return DriveRow(**usual | changed)
