"""Seasons: season, weather and lens, and what they do to a road's appearance and friction."""
