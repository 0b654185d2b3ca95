"""Panels: parts of the window, each of which draws its share of a scene."""
