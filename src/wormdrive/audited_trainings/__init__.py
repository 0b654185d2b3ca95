"""Audited trainings: the audit of all trainings of some kinds and recipes, and what it says of them, over seeds."""
