"""Flights in the cockpit's window."""
