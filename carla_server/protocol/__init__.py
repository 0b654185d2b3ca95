"""How values look on CARLA 0.9.16's wire: pure functions, no state."""
