"""Simulation: the seam of all simulators, scenarios, observations, the vehicle, traffic, batches of worlds."""
