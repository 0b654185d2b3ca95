"""Traffic: lights, speed limits, and where vehicles can begin."""
