"""Reaching a server: the client library, calls with time limits, and the settings that are borrowed."""
