from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import torch

from tests.agents.policies.own_policies import FailingPolicy, TinyConfig, TinyPolicy
from wormdrive.agents.policies import own_kinds
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.own_kinds import import_kind, own_names
from wormdrive.agents.policies.policy import PolicyConfig
from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy, register_policy
from wormdrive.agents.policies.serialization import load_policy, save_policy
from wormdrive.envs.common.errors import ArgumentError, UserCodeError

OWN = "tests.agents.policies.own_policies"


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_kinds, "_own", {})
    monkeypatch.delenv("WORMDRIVE_IMPORT", raising=False)


def test_a_registered_kind_is_built_saved_and_loaded(tmp_path: Path) -> None:
    with pytest.raises(
        ArgumentError, match=r"kind='tiny_of_mine': allowed are ncp, .*, or one that a module registers"
    ):
        build_policy({"kind": "tiny_of_mine"})
    register_policy("tiny_of_mine", TinyPolicy)
    policy = build_policy({"kind": "tiny_of_mine", "hidden": 6})
    save_policy(policy, tmp_path / "mine")
    loaded = load_policy(tmp_path / "mine")
    assert isinstance(loaded, TinyPolicy)
    assert loaded.config == TinyConfig(hidden=6)
    for name, tensor in policy.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)
    assert own_names() == ("tiny_of_mine",)
    assert "tiny_of_mine" not in POLICY_KINDS


def test_a_class_by_import_path_registers_itself() -> None:
    assert import_kind(f"{OWN}:TinyPolicy", "--model") == "tiny_of_mine"
    assert import_kind(f"{OWN}:TinyPolicy", "--model") == "tiny_of_mine"
    assert isinstance(build_policy({"kind": "tiny_of_mine"}), TinyPolicy)
    with pytest.raises(ArgumentError, match=r"--model='.*:TinyConfig': allowed is a sub-class of wormdrive.Policy"):
        import_kind(f"{OWN}:TinyConfig", "--model")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (f"{OWN}:TinyPolicy", None),
        (OWN, r"tiny_of_mine = tests.agents.policies.own_policies: registers no 'tiny_of_mine'"),
        ("no_such_module:Tiny", r"wormdrive.policies, tiny_of_mine = no_such_module:Tiny: importing it raised Module"),
    ],
)
def test_entry_points_of_installed_packages_are_found(
    value: str, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("tiny_of_mine", value, own_kinds.ENTRY_POINTS)
    monkeypatch.setattr(own_kinds, "entry_points", lambda group: [entry] if group == "wormdrive.policies" else [])
    assert own_names() == ("tiny_of_mine",)
    if said is None:
        assert isinstance(build_policy({"kind": "tiny_of_mine"}), TinyPolicy)
        return
    with pytest.raises(UserCodeError, match=said):
        build_policy({"kind": "tiny_of_mine"})


@pytest.fixture
def registering_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "registers_a_kind_of_mine"
    (tmp_path / f"{name}.py").write_text(
        f"import wormdrive\nfrom {OWN} import TinyPolicy\nwormdrive.register_policy('tiny_of_mine', TinyPolicy)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield name
    sys.modules.pop(name, None)


def test_the_variable_names_modules_that_register(registering_module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORMDRIVE_IMPORT", f" {registering_module} ,")
    assert isinstance(build_policy({"kind": "tiny_of_mine"}), TinyPolicy)
    monkeypatch.setenv("WORMDRIVE_IMPORT", "no_such_module")
    with pytest.raises(ArgumentError, match=r"WORMDRIVE_IMPORT='no_such_module': there is no module 'no_such_module'"):
        build_policy({"kind": "another"})


def test_what_cannot_be_registered_is_refused() -> None:
    with pytest.raises(ArgumentError, match="name='ncp': is a kind that comes with the package"):
        register_policy("ncp", NCPPolicy)
    with pytest.raises(ArgumentError, match="name='My Net': allowed are small letters"):
        register_policy("My Net", TinyPolicy)
    with pytest.raises(ArgumentError, match=r"TinyConfig.kind='tiny_of_mine': allowed is 'mine' by default"):
        register_policy("mine", TinyPolicy)
    with pytest.raises(ArgumentError, match=r"policy=.*PolicyConfig.*: allowed is a sub-class of"):
        register_policy("mine", PolicyConfig)  # type: ignore[arg-type]
    register_policy("tiny_of_mine", TinyPolicy)
    register_policy("tiny_of_mine", TinyPolicy)
    with pytest.raises(ArgumentError, match=r"name='tiny_of_mine': is taken by .*own_policies.TinyPolicy"):
        register_policy("tiny_of_mine", FailingPolicy, TinyConfig)


def test_a_policy_that_cannot_be_built_is_told_as_the_users() -> None:
    register_policy("failing_of_mine", FailingPolicy)
    with pytest.raises(UserCodeError, match=r"own_policies:FailingPolicy: building a policy raised KeyError \(own_pol"):
        build_policy({"kind": "failing_of_mine"})
