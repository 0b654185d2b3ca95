"""Summary of an episode: what a list of recorded drives says of each."""

from __future__ import annotations

from typing import Any

from wormdrive.envs.episodes.episode import Episode

__all__ = ["episode_summary"]


def episode_summary(episode: Episode) -> dict[str, Any]:
    """Return what was driven, JSON values: ``frames``, ``seconds``, ``distance_m``, ``interventions`` (in frames)..."""
    scenario, state = episode.scenario, episode.state
    return {
        "frames": len(episode),
        "seconds": len(episode) * episode.dt_s,
        "distance_m": float(state.station_m[-1] - state.station_m[0]),
        "interventions": int(episode.intervention.sum()),
        "map": scenario.map,
        "season": scenario.conditions.season.name,
        "simulator": episode.simulator,
        "camera": [episode.camera.width, episode.camera.height],
    }
