"""Raster: meshes drawn into a picture, their light, and the normals and the flow of a finished picture."""
