"""Convoys in the cockpit's window."""
