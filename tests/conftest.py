"""What holds for all tests."""

from __future__ import annotations

import os

import hypothesis

# no test is about time: a first example may have to compile kernels, and the machine may do something else
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# what tests draw is not worth keeping between runs
os.environ["WORMDRIVE_FRAMES_GIB"] = "0"
