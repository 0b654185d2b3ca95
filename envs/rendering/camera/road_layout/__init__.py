"""Road layout: what the kernels read of a route: its samples, strips of texture, painted marks, and the room beside."""
