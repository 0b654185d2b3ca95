"""Trees: what a person can name of a moment, as small decision trees, set against what neurons do."""
