"""Simulation: the ``Simulator`` protocol, scenarios, observations, and the vehicle, traffic and roads of a batch."""
