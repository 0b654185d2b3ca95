"""Find target: a camera that flies to an object in the woods."""
