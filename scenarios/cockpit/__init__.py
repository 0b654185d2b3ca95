"""The cockpit: drives and replays for people to watch and to take part in."""
