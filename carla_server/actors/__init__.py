"""What has an id in an episode: kinds, attributes, vehicles, walkers, lights, signs; what clients are told of them."""
