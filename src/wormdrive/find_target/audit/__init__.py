"""Audit of flights: what moves the networks that fly, where they look, and what they forget."""
