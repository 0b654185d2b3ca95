"""Learner: a policy, its optimiser, and one training step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from wormdrive.agents.device import repeatable, sent
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.augment import Augmentation
from wormdrive.perception.augment_geometry import GroundRays, RoadPose
from wormdrive.perception.cross_section import mean_cross_section
from wormdrive.perception.head import ConvHead
from wormdrive.training.config import TrainConfig
from wormdrive.training.frames import EpisodeFrames
from wormdrive.training.loss import imitation_loss
from wormdrive.training.schedule import one_cycle
from wormdrive.training.sequence_sampler import SequenceSampler, generators
from wormdrive.training.step_lengths import check_step_lengths, draw_step_lengths, solving_in

__all__ = ["Learner", "bf16_pays"]

_MEASURED_EPISODES: Final = 64
_MEASURED_EVERY: Final = 3
"""Episodes and frames of them on which asphalt is measured: some two thousand frames, a second."""


class Learner:
    """One policy in training.

    The optimiser is AdamW in two groups: the convolutional head, whose rate is lower and whose numbers decay, and all
    that is behind it. A step is a function of (weights, moments, episodes, round, step): nothing random is kept.
    Windows are chosen and augmented on the CPU; the policy learns on its device.

    Parameters
    ----------
    policy:
        Trained in place; it remembers the camera.
    config:
        How.
    camera:
        The camera of all episodes.
    bf16:
        Run the head in bfloat16.
    device:
        Where the policy learns; it is moved there.
    """

    def __init__(
        self,
        policy: Policy,
        config: TrainConfig,
        camera: CameraConfig,
        *,
        bf16: bool,
        device: str | torch.device = "cpu",
    ) -> None:
        check_step_lengths(policy, config)
        self.device = torch.device(device)
        self.policy = policy.to(self.device)
        policy.trained_camera = camera
        self.config = config
        self.bf16 = bf16
        self.augmentation = Augmentation(config.augmentation, GroundRays(camera, policy.config.preprocess))
        head = [parameter for name, parameter in policy.named_parameters() if name.startswith("head.")]
        rest = [parameter for name, parameter in policy.named_parameters() if not name.startswith("head.")]
        self._peaks = (config.learning_rate, config.cell_learning_rate)
        self.optimiser = torch.optim.AdamW(
            [{"params": head, "weight_decay": config.weight_decay}, {"params": rest, "weight_decay": 0.0}],
            fused=True,
        )
        self._parameters = [*head, *rest]

    def look_at(self, recorded: Sequence[EpisodeFrames]) -> None:
        """See on the expert's episodes what asphalt looks like across a lane, if augmentation is to exaggerate that.

        Raises
        ------
        ArgumentError
            They show too little of it.
        """
        augmentation = self.augmentation
        if not (self.policy.needs_camera and augmentation.needs_cross_section):
            return

        def every(name: str) -> Tensor:
            return torch.cat([getattr(episode, name)[::_MEASURED_EVERY] for episode in recorded[:_MEASURED_EPISODES]])

        pose = RoadPose(*(every(name)[None] for name in RoadPose.__dataclass_fields__))
        section = mean_cross_section(every("images"), every("classes"), pose, augmentation.rays)
        augmentation.set_cross_section(section)

    def episodes(self, episodes: Sequence[EpisodeFrames]) -> SequenceSampler:
        """Return the sampler of windows that this configuration asks for."""
        return SequenceSampler(episodes, self.config.window, self.config.strides)

    def step(self, sampler: SequenceSampler, round_: int, step: int, steps: int) -> Tensor:
        """Make one step, number ``step`` of ``steps`` of a round; return the loss, a scalar on the device.

        On CUDA the step is on its way, not over; whoever looks at the loss waits for it.
        """
        config = self.config
        choose, augment = generators(config.seed, round_, step)
        batch = sampler.gather(sampler.choose(config.batch, choose))
        images = batch.images
        if self.policy.needs_camera:  # the road's state stays as it is
            images = self.augmentation(batch.images, batch.classes, batch.pose, augment)
        peak = config.round_peak if round_ else 1.0
        share = peak * one_cycle(step, steps, config.warm_up)
        for group, rate in zip(self.optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = rate * share
        images, elapsed_s, target = (sent(part, self.device) for part in (images, batch.elapsed_s, batch.target))
        lengths = draw_step_lengths(config, round_, step)
        with repeatable(self.device), solving_in(self.policy, lengths.unfolds):
            return self._learn(images, elapsed_s, target, lengths.parts)

    def _learn(self, images: Tensor, elapsed_s: Tensor, target: Tensor, parts: int) -> Tensor:
        """Learn from images (B, T, C, h, w), elapsed time (B,) [s] and target (B, T) [1/m]; return the loss."""
        config, policy = self.config, self.policy
        policy.train()
        elapsed = (elapsed_s / policy.config.sample_period_s)[:, None].expand(-1, images.shape[1])
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            output = policy(images, policy.initial_state(len(images)), elapsed, parts=parts)
        loss = imitation_loss(output.curvature, output.auxiliary, target, config)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._parameters, config.gradient_clip)
        self.optimiser.step()
        return loss.detach()


def bf16_pays(precision: str, device: torch.device) -> bool:
    """Whether to run in bfloat16: ``auto`` does on a CPU with instructions for it, without the head's kernels."""
    if precision == "auto":
        return device.type == "cpu" and not ConvHead.fused and bool(torch.cpu._is_avx512_bf16_supported())
    return precision == "bf16"
