"""Seasons, weather and what they do to the looks and the grip of a road."""
