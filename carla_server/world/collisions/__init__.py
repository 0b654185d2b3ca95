"""Collisions: bodies that meet, and what moves besides vehicles."""
