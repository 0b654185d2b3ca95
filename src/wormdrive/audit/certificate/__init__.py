"""Certificate: intervals that the steering provably stays in, whatever noise within bounds the policy sees.

Everything is an interval ``[low, high]`` in float64. ``interval`` has what they share; ``ltc_bounds``, ``cfc_bounds``
and ``feedforward_bounds`` have one step of a kind, ``controller_bounds`` what is one step of any; ``head_bounds`` the
way from a picture to features, ``steering_bounds`` a drive.
"""
