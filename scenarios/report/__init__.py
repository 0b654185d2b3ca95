"""The report: one self-contained page about a set of evaluations."""
