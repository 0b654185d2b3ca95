"""Networks of others behind the wheel: what they are shown, what their number means, and how a car steers by it."""
