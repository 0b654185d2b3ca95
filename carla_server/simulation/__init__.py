"""What one server simulates, independent of sockets."""
