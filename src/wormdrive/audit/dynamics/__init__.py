"""Dynamics: how a policy's neurons move along a drive, and how long they remember."""
