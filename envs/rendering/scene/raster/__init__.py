"""Raster: meshes drawn into a picture, and their light."""
