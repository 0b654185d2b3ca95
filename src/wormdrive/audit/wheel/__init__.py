"""Wheel: small trees that steer in a network's place, counted by the drives on which they keep the lane."""
