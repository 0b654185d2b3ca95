"""What all of the server stands on: poses, limits, the error that says no."""
