"""Wirings: who is connected to whom, drawn, explained, and exchanged with ncps."""
