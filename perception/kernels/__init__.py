"""The convolutions' compiled kernels, and the way from torch to them."""
