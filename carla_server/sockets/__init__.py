"""Connections: calls and streams as bytes on sockets."""
