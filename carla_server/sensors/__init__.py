"""Sensors: what each of them sends after a tick."""
