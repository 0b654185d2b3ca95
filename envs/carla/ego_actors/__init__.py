"""Who is ours on a server: the ego vehicle, its sensors, the other cars."""
