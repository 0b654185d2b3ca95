"""The seasonal camera: roads, weather and traffic as a car's front camera sees them, drawn by numba kernels."""
