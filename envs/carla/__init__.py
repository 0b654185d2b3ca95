"""CARLA: its servers, reached over the network."""
