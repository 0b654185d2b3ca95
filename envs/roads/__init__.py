"""OpenDRIVE maps and the routes driven on them."""
