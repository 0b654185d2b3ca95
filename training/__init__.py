"""How a policy learns: recording, datasets, imitation, DAgger, checkpoints."""
