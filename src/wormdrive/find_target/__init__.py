"""Find target: learning to fly to an object in the woods: expert, training, test, benchmark."""
