from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from wormdrive.convoy.config import MODELS, EyesConfig
from wormdrive.convoy.eyes import Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.storage import load_eyes, load_follower, save_eyes, save_follower
from wormdrive.envs.common.errors import ModelError


@pytest.mark.parametrize("name", MODELS)
def test_what_is_read_is_what_was_written(name: str, tmp_path: Path) -> None:
    follower = Follower(MODELS[name]).eval()
    save_follower(follower, tmp_path / "one")
    save_follower(follower, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    read = load_follower(tmp_path / "one")
    assert read.config == follower.config
    seen = np.random.default_rng(0).integers(0, 255, (2, 78, 200, 3), np.uint8)
    np.testing.assert_array_equal(
        read.act(seen, read.initial_state(2))[0], follower.act(seen, follower.initial_state(2))[0]
    )


def test_eyes_are_kept_by_themselves_too(tmp_path: Path) -> None:
    eyes = Eyes(EyesConfig()).eval()
    save_eyes(eyes, tmp_path / "eyes")
    seen = np.random.default_rng(0).integers(0, 255, (3, 78, 200, 3), np.uint8)
    assert torch.equal(load_eyes(tmp_path / "eyes").look(seen), eyes.look(seen))
    with pytest.raises(ModelError, match="holds no follower"):
        load_follower(tmp_path / "eyes")


def test_what_is_foreign_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "follower"
    with pytest.raises(ModelError, match="cannot be read"):
        load_follower(file)
    file.write_bytes(b"rubbish")
    with pytest.raises(ModelError, match="not a safetensors file"):
        load_follower(file)
    file.write_bytes(save({"a": torch.zeros(3)}))
    with pytest.raises(ModelError, match="holds no follower; allowed is what `wormdrive convoy` writes"):
        load_follower(file)
    save_follower(Follower(MODELS["lstm"]), file)
    content = file.read_bytes()
    file.write_bytes(content.replace(b'\\"units\\": 64', b'\\"units\\": 32'))
    with pytest.raises(ModelError, match=r"tensor 'controller\."):
        load_follower(file)
