"""What holds for all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import hypothesis

# no test is about time: a first example may have to compile kernels, and the machine may do something else
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# what tests draw is not worth keeping between runs
os.environ["WORMDRIVE_FRAMES_GIB"] = "0"

# who starts them in the background of a shell has them ignore Ctrl-C, and what they start; some are about it
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# whoever imports Triton first (torch for CUDA does) decides whether its own functions are interpreted
if not Path("/dev/nvidiactl").exists():
    os.environ.setdefault("TRITON_INTERPRET", "1")
