"""An audio-like stream: say whether there is a call, and whether its pitch rises, falls or stays.

Sound is generated: calls of three overtones between silences, over noise, at 8 kHz. Every 16 ms the models see sixteen
bands of its spectrum and name what is to be heard; which way a pitch goes only those can tell who remember. The second
test loses a third of the frames, as a radio link does: elapsed time says how many.

    python examples/bird_calls.py
"""

from __future__ import annotations

import numpy as np
import torch
from contest import Stream, Task, run
from numpy.typing import NDArray

RATE_HZ, HOP, FRAMES, BANDS = 8000, 128, 64, 16
KINDS = ("silence", "steady", "rising", "falling")
OCTAVES_PER_S = 3.0


def sound(recordings: int, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Waveforms (recordings, samples) and the kind of call at each hop (recordings, FRAMES)."""
    samples = (FRAMES + 1) * HOP
    wave = rng.uniform(0.01, 0.1, (recordings, 1)) * rng.standard_normal((recordings, samples))
    kinds = np.zeros((recordings, FRAMES), np.int64)
    for n in range(recordings):
        frame = int(rng.integers(0, 6))
        while frame < FRAMES:
            kind, length = int(rng.integers(0, len(KINDS))), int(rng.integers(8, 20))
            last = min(frame + length, FRAMES)
            kinds[n, frame:last] = kind
            if kind:
                time = np.arange((last - frame) * HOP) / RATE_HZ
                slope = OCTAVES_PER_S * rng.uniform(0.7, 1.4) * (0.0, 0.0, 1.0, -1.0)[kind]
                pitch = 2.0 ** rng.uniform(8.0, 10.0) * 2.0 ** (slope * time)
                phase = 2.0 * np.pi * np.cumsum(pitch) / RATE_HZ
                call = sum(rng.uniform(0.2, 1.0) * np.sin(k * phase) for k in (1, 2, 3))
                wave[n, frame * HOP : last * HOP] += rng.uniform(0.1, 0.5) * call
            frame = last
    return wave, kinds


def bands(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of the energy in bands of equal musical width, (recordings, samples) -> (recordings, FRAMES, BANDS)."""
    window = np.lib.stride_tricks.sliding_window_view(wave, 2 * HOP, axis=1)[:, ::HOP] * np.hanning(2 * HOP)
    power = np.abs(np.fft.rfft(window, axis=2)) ** 2
    frequency = np.fft.rfftfreq(2 * HOP, 1.0 / RATE_HZ)
    edges = np.geomspace(200.0, 4000.0, BANDS + 1)
    centre = np.sqrt(edges[:-1] * edges[1:])
    # Triangles over the logarithm of the frequency, so that a gliding pitch goes over from band to band.
    width = np.log(edges[1] / edges[0])
    share = 1.0 - np.abs(np.log(np.maximum(frequency, 1.0) / centre[:, None])) / width
    energy: NDArray[np.float64] = power @ np.maximum(share, 0.0).T
    return np.log(0.1 + energy) / 4.0


def recordings(count: int, seed: int, lost: float = 0.0) -> Stream:
    """Spectra, elapsed hops and kinds; of each recording some frames are lost, as many as keeps it whole."""
    rng = np.random.default_rng(seed)
    wave, kinds = sound(count, rng)
    keep = FRAMES - int(lost * FRAMES)
    chosen = np.sort(np.argsort(rng.random((count, FRAMES)), 1)[:, :keep], 1)
    spectra = np.take_along_axis(bands(wave), chosen[..., None], 1)
    elapsed = np.diff(chosen, axis=1, prepend=chosen[:, :1] - 1)
    heard = torch.tensor(np.take_along_axis(kinds, chosen, 1))
    return Stream(torch.tensor(spectra, dtype=torch.float32), torch.tensor(elapsed, dtype=torch.float32), heard)


def wrong_percent(outputs: torch.Tensor, target: torch.Tensor) -> float:
    """Frames that are named wrongly [%]."""
    return 100.0 * float((outputs.argmax(-1) != target).float().mean())


def task(small: bool) -> Task:
    """Train on whole recordings; test on others, whole and with losses."""
    train, test = (64, 32) if small else (768, 384)
    tests = {"whole": recordings(test, 1), "a third lost": recordings(test, 2, lost=1.0 / 3.0)}
    silent = torch.tensor([1.0, 0.0, 0.0, 0.0])
    return Task(
        train=recordings(train, 0),
        tests=tests,
        outputs=len(KINDS),
        loss=lambda outputs, target: torch.nn.functional.cross_entropy(outputs.flatten(0, 1), target.flatten()),
        score=wrong_percent,
        unit="% wrong",
        without={name: wrong_percent(silent.expand(*s.target.shape, 4), s.target) for name, s in tests.items()},
        rates={"CfC": 0.03, "LTC": 0.01, "GRU": 0.03},
    )


if __name__ == "__main__":
    run(task, "Is there a call, and does its pitch rise, fall or stay?", steps=700)
