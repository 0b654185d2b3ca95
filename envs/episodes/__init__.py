"""Episodes: recorded drives, as data."""
