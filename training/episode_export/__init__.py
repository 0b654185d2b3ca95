"""Recorded drives in the formats of others: Minari, LeRobot, Parquet, CSV."""
