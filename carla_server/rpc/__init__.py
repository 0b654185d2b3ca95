"""Calls: what each of them does, by theme."""
