"""Convoy: followers that learn to keep lane and gap from pictures, and the benchmark of their memories."""
