"""Art baked from code: ground, shadows, sky and sprites of each season."""
