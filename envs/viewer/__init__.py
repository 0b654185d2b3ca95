"""Windows: the only room that uses pygame, which it loads when a window opens."""
