"""Counterfactuals: the same pose of the same drive under another scenery, and what of a policy's answers that moves."""
