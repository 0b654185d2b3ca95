"""Integrated gradients: the patch that steers is found, and what is added adds up, through every kind of policy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.audit.attention.patch import by_patch, on_patch, pictures
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.attention.background import background
from wormdrive.audit.attention.integrated_gradients import integrated_gradients
from wormdrive.audit.attention.seen_frames import SeenFrames, frames_held
from wormdrive.perception.kernels.chunks import computing_with

KINDS = ("ncp", "cfc", "lstm", "feedforward", "gru_ode", "transformer")


def seen_by(policy: Policy) -> SeenFrames:
    """Show it two pictures: smooth ground with a bright mark."""
    rows, columns = np.mgrid[:78, :200]
    frames = np.stack([90 + 0.4 * rows + 20 * np.sin(columns / (9 + k)) for k in range(2)])
    frames[:, 35:, 60:66] = 250
    return frames_held(policy, np.repeat(frames[..., None], 3, axis=3).astype(np.uint8))


def test_the_patch_is_found_and_all_of_it_adds_up() -> None:
    images = pictures()
    behind = torch.full_like(images, 0.25)
    found = integrated_gradients(by_patch, images, behind, nodes=2)  # of a square two nodes integrate exactly
    assert not found[:, 0, ~torch.from_numpy(on_patch())].any()
    of_each = (images.double().square() - 0.25**2) / on_patch().sum()
    torch.testing.assert_close(
        found[:, 0, torch.from_numpy(on_patch())], of_each[:, 0, torch.from_numpy(on_patch())], rtol=1e-5, atol=1e-8
    )
    differ = (by_patch(images, torch.arange(3)) - by_patch(behind, torch.arange(3))).double()
    torch.testing.assert_close(found.sum((1, 2, 3)), differ, rtol=1e-5, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_it_adds_up_through_preprocessing_head_and_neurons(kind: str) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": kind}).eval()
    seen = seen_by(policy)
    steering, behind, which = seen.steering(policy), background(seen.images), torch.arange(2)
    with torch.no_grad():
        differ = (steering(seen.images, which) - steering(behind, which)).double()
    added = integrated_gradients(steering, seen.images, behind, nodes=128).sum((1, 2, 3))
    assert float((added - differ).abs().max()) < 0.05 * float(differ.abs().max())
    assert float(differ.abs().max()) > 1e-5, "else there is nothing to add up"


def test_threads_change_no_bit() -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "ncp"}).eval()
    found = []
    for threads in (1, 2):
        with computing_with(threads):
            seen = seen_by(policy)
            found.append(integrated_gradients(seen.steering(policy), seen.images, background(seen.images)))
    assert torch.equal(*found)
