"""Certificate: intervals that the steering provably stays in, whatever noise within bounds the policy sees.

Everything is an interval ``[low, high]`` in float64. ``interval`` has what they share, ``ltc_bounds`` one sample of
an LTC, ``head_bounds`` the way from a picture to features, ``steering_bounds`` a drive.
"""
