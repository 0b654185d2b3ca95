"""A trained policy for other computers: as an ONNX graph and as one C file."""
