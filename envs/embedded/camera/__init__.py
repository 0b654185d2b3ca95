"""The seasonal road camera: numba kernels that draw in road coordinates."""
