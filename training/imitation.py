"""Train a policy: imitation on recorded episodes, then DAgger rounds; killed at any moment it can be taken up again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch

from wormdrive.agents.device import choose_device
from wormdrive.agents.own_expert import ExpertChoice, expert_name
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError, EpisodeError, ModelError
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.folder_lock import locked_folder, require_complete
from wormdrive.training.best_policy import BestPolicy
from wormdrive.training.checkpoint import Arithmetic, Position, load_checkpoint, save_checkpoint
from wormdrive.training.config import TrainConfig
from wormdrive.training.dagger import drive_round
from wormdrive.training.fine_tuning import starting_policy
from wormdrive.training.frame_cache import FrameCache
from wormdrive.training.frames import EpisodeFrames
from wormdrive.training.learner import Learner, bf16_pays
from wormdrive.training.metrics_log import MetricsLog
from wormdrive.training.observed_frames import observed_frames
from wormdrive.training.progress import Progress, Silent
from wormdrive.training.stopping import stop_between_steps
from wormdrive.training.threads import processors
from wormdrive.training.validation import Validation, hold_out

__all__ = ["CHECKPOINT", "POLICY", "train"]

CHECKPOINT: Final = "checkpoint.safetensors"
POLICY: Final = "policy"
_LOG_STEPS: Final = 10


def train(
    config: TrainConfig,
    episodes: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    resume: bool = False,
    threads: int | None = None,
    device: str = "cpu",
    simulator: SimulatorChoice = SimulatorChoice(),  # noqa: B008  (frozen)
    progress: Progress | None = None,
    tensorboard: bool = False,
    wandb: bool = False,
    checkpoint_s: float = 10.0,
    start_from: str | Path | None = None,
    expert: ExpertChoice = None,
) -> Policy:
    """Train a policy, from scratch unless said, and save it as ``out/policy``.

    Parameters
    ----------
    config:
        Model, data order, rounds, rates; with the same configuration and episodes, the same bits come out.
    episodes:
        A folder of episodes, or several.
    out:
        Folder of the run: checkpoint, metrics log, DAgger's episodes, and in the end the policy.
    resume:
        Go on from the checkpoint in ``out`` (from the beginning where there is none yet). The result has the same bits
        as if the run had never been stopped.
    threads:
        Threads to compute with; by default all processors. They do not change the result.
    device:
        Where the policy learns, and drives DAgger's rounds: ``cpu`` or ``cuda``. Another one gives other last digits,
        so a run is resumed where it began; its policy loads anywhere. The CPU draws and augments all pictures.
    simulator:
        Where DAgger's rounds are driven. On CARLA servers they are as repeatable as those are.
    progress:
        Told how far training has come.
    tensorboard:
        Write TensorBoard's files to ``out/tensorboard``.
    wandb:
        Log to Weights & Biases, too; ``WANDB_PROJECT``, ``WANDB_MODE`` and the like say where.
    checkpoint_s:
        Seconds between checkpoints; there is one more when Ctrl-C ends a round's steps. They do not change the result.
    start_from:
        A policy, by folder or shipped name, whose weights to begin with: fine-tuning. The configuration's model, and
        what it says of the policy, must be that one's; its folder remembers where it came from.
    expert:
        Who labels DAgger's rounds; see ``make_expert``.

    Returns
    -------
    Policy
        In evaluation mode, on its device.

    Raises
    ------
    ArgumentError
        ``out`` already holds a run and ``resume`` is not set, somebody else is writing into it or into the episodes'
        folder, the configuration does not fit the episodes, torch cannot use the device, or the run to resume was
        computed on another one; or ``start_from`` is of another architecture.
    EpisodeError
        An episode is corrupt, truncated or foreign, or was taken with another camera than the others.
    ModelError
        The checkpoint is corrupt, or belongs to another configuration or other episodes.
    UserCodeError
        A policy or an expert of a user's own fails.
    """
    out, progress, chosen = Path(out), progress or Silent(), choose_device(device)
    folders = [episodes] if isinstance(episodes, str | Path) else list(episodes)
    for folder in folders:
        require_complete(Path(folder))
    files = [file for folder in folders for file in episode_files(folder)]
    with locked_folder(out):
        _prepare(out, resume)
        run = _Run(config, files, out, threads, chosen, simulator, progress, resume, start_from, expert)
        with computing_with(run.threads):
            metrics_log = MetricsLog(out, run.position, tensorboard=tensorboard, wandb=wandb)
            try:
                run.draw(run.recorded)
                run.learner.look_at(run.frames)
                run.watch()
                _rounds(run, metrics_log, checkpoint_s)
            finally:
                metrics_log.close()
        policy = run.learner.policy.eval()
        save_policy(policy, out / POLICY)
    return policy


def _prepare(out: Path, resume: bool) -> None:
    """See that a run can go into a folder, and sweep it."""
    if (out / CHECKPOINT).exists() and not resume:
        raise ArgumentError(f"{out}: already holds a run; allowed is another folder, or --resume to go on with it")
    if (out / "rounds").exists() and not (out / CHECKPOINT).exists():
        raise ArgumentError(f"{out}: holds rounds of a run without its checkpoint; allowed is another folder")
    for left_over in out.glob(".*.part"):  # of a process that was killed while it wrote
        left_over.unlink()


class Check(NamedTuple):
    """What is looked at every so many steps of training, and at the end of a round: figures by name for the log."""

    every: int
    look: Callable[[], dict[str, float]]


class _Run:
    """Where a run stands: the learner, the drawn episodes, the position."""

    def __init__(
        self,
        config: TrainConfig,
        files: Sequence[Path],
        out: Path,
        threads: int | None,
        device: torch.device,
        simulator: SimulatorChoice,
        progress: Progress,
        resume: bool,
        start_from: str | Path | None,
        expert: ExpertChoice,
    ) -> None:
        self.config, self.out, self.simulator, self.progress, self.expert = config, out, simulator, progress, expert
        episodes = [Episode.load(file) for file in files]
        self.camera = _one_camera(files, episodes)
        self.recorded, self.held_out = hold_out(episodes, config)
        policy = _first_policy(config, self.camera, start_from)
        bf16 = bf16_pays(config.precision, device)
        self.learner = Learner(policy, config, self.camera, bf16=bf16, device=device)
        self.identity: dict[str, Any] = config.model_dump(mode="json") | {"episodes": _digest(files)}
        if simulator.kind != "embedded":
            self.identity["simulator"] = simulator.kind
        if policy.started_from is not None:
            self.identity["start_from"] = policy.started_from.weights_sha256
        if expert is not None:
            self.identity["expert"] = expert_name(expert)
        self.position = Position()
        self.threads = threads or processors()
        self.arithmetic = Arithmetic.here(bf16, device.type)
        if resume and (out / CHECKPOINT).exists():
            self._take_up()
        atomic_write(out / "config.json", (json.dumps(config.model_dump(mode="json"), indent=1) + "\n").encode())
        self.frames: list[EpisodeFrames] = []
        self.cache = FrameCache()
        self.checks: list[Check] = []
        if config.drive_every:
            anew = not (out / CHECKPOINT).exists()
            best = BestPolicy(out, config, simulator, self.threads, anew=anew)
            self.checks.append(Check(config.drive_every, lambda: best.consider(self.learner.policy, self.position)))

    def draw(self, recorded: Sequence[Episode], part: str = "") -> None:
        """Draw episodes, or read what an earlier run drew of them, and add them to what is trained on."""
        policy, threads = self.learner.policy, self.threads
        self.frames += observed_frames(
            policy, recorded, threads=threads, cache=self.cache, progress=self.progress, part=part
        )

    def watch(self) -> None:
        """Draw what is held out, to look at its loss now and then."""
        if not self.held_out:
            return
        held_out = observed_frames(
            self.learner.policy,
            self.held_out,
            threads=self.threads,
            cache=self.cache,
            progress=self.progress,
            part=" held out",
        )
        validation = Validation(self.learner, held_out)
        self.checks.append(Check(self.config.validate_every, lambda: {"validation_loss": validation.loss()}))

    def save(self) -> None:
        """Write the checkpoint."""
        learner = self.learner
        path = self.out / CHECKPOINT
        save_checkpoint(path, learner.policy, learner.optimiser, self.position, self.arithmetic, self.identity)

    def _take_up(self) -> None:
        path = self.out / CHECKPOINT
        self.position, written = load_checkpoint(path, self.learner.policy, self.learner.optimiser, self.identity)
        if self.arithmetic != written:
            raise ArgumentError(
                f"{path}: written with {written}, resumed with {self.arithmetic}; only the same arithmetic gives the "
                "same bits"
            )


def _rounds(run: _Run, metrics_log: MetricsLog, checkpoint_s: float) -> None:
    config = run.config
    for round_ in range(config.rounds + 1):
        done_before = round_ < run.position.round_
        if round_:
            folder = run.out / "rounds" / f"{round_:02d}"
            if not folder.is_dir():
                if run.position > Position(round_, 0):
                    raise ModelError(f"{folder}: gone, though the checkpoint is later than it; allowed is a new run")
                # only ever missing where this round has yet to begin: the weights are those at its first step
                drive_round(
                    run.learner.policy,
                    config,
                    round_,
                    folder,
                    run.camera,
                    run.threads,
                    run.progress,
                    run.simulator,
                    run.expert,
                )
            run.draw([Episode.load(file) for file in episode_files(folder)], f" {round_}")
        if not done_before:
            _train_round(run, metrics_log, round_, checkpoint_s)
            run.position = Position(round_ + 1, 0)
            run.save()


def _train_round(run: _Run, metrics_log: MetricsLog, round_: int, checkpoint_s: float) -> None:
    config, learner = run.config, run.learner
    steps = config.round_steps if round_ else config.steps
    batch_frames = config.batch * config.window
    before = batch_frames * (config.steps + config.round_steps * (round_ - 1) if round_ else 0)
    sampler = learner.episodes(run.frames)
    run.progress.begin(f"train round {round_}" if round_ else "train", steps * batch_frames, "frames")
    losses: list[torch.Tensor] = []  # looked at together: on a GPU every look waits for all that is under way
    saved = began = time.monotonic()
    first = run.position.step
    with stop_between_steps() as stopped:
        for step in range(first, steps):
            losses.append(learner.step(sampler, round_, step, steps))
            run.position = Position(round_, step + 1)
            done = (step + 1) * batch_frames
            last = step + 1 == steps
            due = [check for check in run.checks if last or (step + 1) % check.every == 0]
            if (step + 1) % _LOG_STEPS == 0 or last or due:
                loss = sum(torch.stack(losses).tolist()) / len(losses)
                losses = []
                rate = (step + 1 - first) * batch_frames / max(time.monotonic() - began, 1e-9)
                found = {name: value for check in due for name, value in check.look().items()}
                metrics_log.write(run.position, before + done, loss=loss, **found)
                run.progress.advance(done, loss=loss, frames_per_s=rate)
            if stopped() or time.monotonic() - saved >= checkpoint_s:
                run.save()
                saved = time.monotonic()
            if stopped():
                break


def _first_policy(config: TrainConfig, camera: CameraConfig, start_from: str | Path | None) -> Policy:
    """Build a policy for frames of a camera, or take the one to start from."""
    wanted = sized_for(camera, config.policy)
    if start_from is not None:
        return starting_policy(start_from, config.model, wanted).train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return build_policy({"kind": config.model, **wanted})


def sized_for(camera: CameraConfig, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Return a policy's configuration with the size of the camera's frames, where it does not say one.

    Raises
    ------
    ArgumentError
        It says another one.
    """
    preprocess = policy.get("preprocess", {})
    if not isinstance(preprocess, Mapping):
        return dict(policy)  # which is refused with the rest of it
    for name in ("height", "width"):
        size = getattr(camera, name)
        if preprocess.get(name, size) != size:
            raise ArgumentError(
                f"policy.preprocess.{name}={preprocess[name]!r}: allowed is {size}, as of the frames that are learnt "
                "from, or nothing"
            )
    return {**policy, "preprocess": {**preprocess, "height": camera.height, "width": camera.width}}


def _one_camera(files: Sequence[Path], recorded: Sequence[Episode]) -> CameraConfig:
    for file, episode in zip(files, recorded, strict=True):
        if episode.camera != recorded[0].camera:
            raise EpisodeError(f"{file}: {episode.camera}; allowed is one camera for all: {recorded[0].camera}")
    return recorded[0].camera


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
