"""Adapting: what a trained policy does in a season that arrives while it drives: frozen, by its state, or learning."""
