"""The evidence benchmark: which driver keeps its lane through which shift, and how sure one may be of it."""
