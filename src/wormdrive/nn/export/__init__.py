"""Networks as ONNX and C, features in and motors out: bare cells, without a camera before them."""
