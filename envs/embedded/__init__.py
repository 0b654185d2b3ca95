"""Embedded simulator: the vehicles of ``envs/simulation`` and the road camera of ``envs/rendering``, in batches."""
