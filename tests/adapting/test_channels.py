from __future__ import annotations

import pytest
import torch

from tests.adapting.toys import frames_of, liquid, policy_of
from wormdrive.adapting.channels import ChannelStatistics, activated, answers, channel_statistics


@pytest.mark.parametrize("kind", ["ncp", "cnn"])
def test_the_answers_lead_to_the_heads_own_maps(kind: str) -> None:
    head = policy_of(kind).eyes[1]
    images = torch.rand(2, 1, 39, 100)
    maps, expected = images, head.activations(images)
    for layer, module in enumerate(head.convolutions):
        answer = answers(head, layer, maps, module.weight, module.bias)  # type: ignore[arg-type]
        maps = activated(head, layer, answer)
        torch.testing.assert_close(maps, expected[layer], atol=1e-5, rtol=1e-4)


def test_statistics_of_halves_add_up_to_those_of_all() -> None:
    policy = liquid()
    preprocessor, head = policy.eyes
    images = preprocessor(preprocessor.reduce(torch.from_numpy(frames_of(6))))
    with torch.no_grad():
        whole = channel_statistics(head, images)
        parts = [channel_statistics(head, images[:2]), channel_statistics(head, images[2:])]
    both = ChannelStatistics.weighted(parts, [2 / 6, 4 / 6])
    for layer in range(len(whole.means)):
        torch.testing.assert_close(both.means[layer], whole.means[layer], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(both.deviation(layer), whole.deviation(layer), atol=1e-4, rtol=1e-3)
