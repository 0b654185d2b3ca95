"""TransformerPolicy: attention over the last sixteen feature vectors instead of a recurrent memory."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from pydantic import Field, model_validator
from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy, PolicyConfig, small_linear
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["TransformerPolicy", "TransformerPolicyConfig"]


class TransformerPolicyConfig(PolicyConfig):
    """A small causal transformer; the paper has none, ``paper()`` gives it the paper's eyes."""

    kind: Literal["transformer"] = "transformer"
    context: int = Field(default=16, ge=2, le=256, description="feature vectors that are looked at")
    width: int = Field(default=32, ge=4, le=1024)
    heads: int = Field(default=4, ge=1, le=64)
    layers: int = Field(default=2, ge=1, le=12)

    @model_validator(mode="after")
    def _check(self) -> TransformerPolicyConfig:
        if self.width % self.heads:
            raise ValueError(f"width={self.width} must be a multiple of heads={self.heads}")
        return self

    @classmethod
    def paper(cls) -> TransformerPolicyConfig:
        """78x200 RGB whitened, 79,420 head parameters."""
        return cls(
            preprocess=PreprocessConfig.paper(), head=HeadConfig.paper(), auxiliary=False, sample_period_s=1.0 / 30.0
        )


class TransformerPolicy(Policy):
    """Head -> tokens -> causal layers over the last ``context`` tokens -> that of the newest -> curvature.

    A token is a linear map of a frame's features plus a learnt vector for its age. Every step sees its own window, so a
    sequence is its steps, and nothing older than ``context`` frames has any influence. The state (B, (context - 1)
    (32 + 1)) holds the features of the frames before, oldest first, each followed by 1 if there was such a frame and
    by 0 if not. A frame is a frame, however much time has passed: elapsed time plays no part.
    """

    config: TransformerPolicyConfig

    def __init__(self, config: TransformerPolicyConfig) -> None:
        super().__init__(config)
        self.embed = nn.Linear(self.head.feature_count, config.width)
        self.age = nn.Parameter(torch.randn(config.context, config.width) * 0.02)
        self.layers = nn.ModuleList(_Layer(config.width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        self.output = small_linear(config.width)

    @property
    def state_size(self) -> int:
        """Numbers in the slots for ``context - 1`` frames."""
        return (self.config.context - 1) * (self.head.feature_count + 1)

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the newest token's components."""
        return tuple(f"token_{i}" for i in range(self.config.width))

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        with torch.autocast(features.device.type, enabled=False):
            before = state.to(features.dtype).reshape(len(state), self.config.context - 1, -1)
            frames = torch.cat([before, F.pad(features, (0, 1), value=1.0)], 1)
            # (B, T, 33, context): for every step the frames that it looks at, oldest first.
            windows = frames.unfold(1, self.config.context, 1).flatten(0, 1).transpose(1, 2)
            tokens = self._look(windows[..., :-1], windows[..., -1] > 0.5).view(*features.shape[:2], -1)
            return self.output(tokens).squeeze(-1), tokens, frames[:, features.shape[1] :].flatten(1)

    def _look(self, features: Tensor, present: Tensor) -> Tensor:
        """Features (M, context, 32), which of them there are (M, context) -> the newest token (M, width)."""
        count = features.shape[1]
        earlier = torch.ones(count, count, dtype=torch.bool, device=features.device).tril()
        # A token always sees itself, so that no row of the mask is empty, also that of a frame that never was.
        seen = earlier & (present[:, None, :] | torch.eye(count, dtype=torch.bool, device=features.device))
        tokens = self.embed(features) + self.age
        for layer in self.layers:
            tokens = layer(tokens, seen[:, None])
        newest: Tensor = self.norm(tokens[:, -1])
        return newest


class _Layer(nn.Module):
    """Attention and a two-layer map, each behind a normalisation and around itself."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention, self.norm_map = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, tokens: Tensor, seen: Tensor) -> Tensor:
        """Tokens (M, n, width), who sees whom (M, 1, n, n) -> (M, n, width)."""
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.project(self.norm_attention(tokens)).chunk(3, -1)
        )
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
        tokens = tokens + self.merge(mixed.transpose(1, 2).flatten(2))
        added: Tensor = self.narrow(F.gelu(self.widen(self.norm_map(tokens))))
        return tokens + added
