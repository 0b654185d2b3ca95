"""Audit: what a policy's neurons do while it drives, and what of that is the road's doing or the scenery's.

``held_out`` drives roads that no training and no suite has seen; ``traced_drive`` reads what goes on inside along such
a drive, or along a recorded one; ``situation`` is what a person could name of each moment of it. The rest measures.
"""
