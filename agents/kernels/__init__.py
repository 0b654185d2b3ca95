"""Fused kernels: the same mathematics as their plain torch reference, many times quicker."""
