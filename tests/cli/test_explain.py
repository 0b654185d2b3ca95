"""``wormdrive explain``, and what it is made of."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy, save_policy
from wormdrive.agents.wirings.wiring import Neuron, Synapse, Wiring
from wormdrive.agents.wirings.wiring_picture import draw_wiring
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.told_policy import TOLD, told_policy
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, EpisodeError, ModelError


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def explain(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["explain", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def saved(kind: str) -> Path:
    torch.manual_seed(0)
    save_policy(build_policy({"kind": kind}), Path(kind))
    return Path(kind)


def test_time_constants_bound_how_quickly_a_potential_moves() -> None:
    """One neuron, all synapses closed or open: its potential follows exp(-t / tau), measured with many unfolds."""
    torch.manual_seed(0)
    policy = build_policy({"kind": "ncp", "sample_period_s": 0.05})
    anatomy = inspect_policy(policy)
    cell = policy.cell
    assert isinstance(cell, LTC)
    cell.double()
    cell.unfolds = 2000
    with torch.no_grad():
        cell.slope.fill_(50.0)
        cell.midpoint.fill_(0.5)
        # Closed for -10, open for +10; only inter neurons, for others hear neurons that are neither.
        for seen, which in ((-10.0, 1), (10.0, 0)):
            inputs, zero = torch.full((1, 1, 32), seen, dtype=torch.float64), torch.zeros(1, 19, dtype=torch.float64)
            start, later, end = (cell(inputs, zero, elapsed)[1] for elapsed in (0.0, 0.01, 1e9))
            tau = -0.01 * 0.05 / torch.log((later - end) / (start - end))
            for i, neuron in enumerate(cell.wiring.state_neurons):
                if neuron.role == "inter":
                    assert anatomy.time_constants_s[neuron.name][which] == pytest.approx(float(tau[0, i]), rel=1e-2)


def test_what_the_shipped_policy_is_made_of() -> None:
    told = json.loads(explain("ncp", "--wiring", "--json"))
    assert told["parameters"]["cell"] == 1065
    assert told["parameters"]["total"] == 73_464
    assert told["neurons"] == {"sensory": 32, "inter": 12, "command": 6, "motor": 1, "with_state": 19}
    assert told["synapses"]["total"] == 252
    assert told["synapses"]["sensory -> inter"] == 192
    assert told["picture"] is None
    assert Wiring.from_json(told["wiring"]) == Wiring.ncp()
    assert len(told["effect"]) == 252
    assert all(0 < short <= long for short, long in told["time_constants_s"].values())
    assert not list(Path().iterdir())


def test_summary_and_picture() -> None:
    text = explain("ncp", "--wiring")
    assert "73,464" in text
    assert "19 with a state (32 sensory, 12 inter, 6 command, 1 motor)" in text
    assert "252 (192 sensory -> inter" in text
    assert "motor_0" in text
    picture = cv2.imread("wiring.png")
    assert picture is not None
    assert min(picture.shape[:2]) > 800
    assert "motor_0" not in explain(), "each neuron with --wiring only"
    with pytest.raises(ArgumentError, match=r"wiring\.png: exists; --force"):
        explain("--wiring")
    before = Path("wiring.png").read_bytes()
    explain("--wiring", "--force")
    assert Path("wiring.png").read_bytes() == before


def test_svg_names_its_neurons_and_draws_every_synapse() -> None:
    wiring = Wiring(
        (Neuron("eye", "sensory"), Neuron("wheel", "motor"), Neuron("inter_0", "inter")),
        (Synapse("eye", "inter_0", 1), Synapse("inter_0", "wheel", -1), Synapse("inter_0", "inter_0", 1)),
    )
    file = draw_wiring(wiring, "small.svg", title="mine")
    assert draw_wiring(wiring, "again.svg", title="mine").read_bytes() == file.read_bytes()
    root = ET.parse(file).getroot()
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"eye", "whee", "0", "mine", "1 sensory", "1 inter", "1 motor"} <= texts
    content = file.read_text()
    assert content.count("stroke: #1f77b4") > content.count("stroke: #d62728") > 0
    flipped = draw_wiring(wiring, "flipped.svg", effect=np.array([-1.0, 1.0, -0.5]), title="mine").read_text()
    assert flipped.count("stroke: #d62728") > flipped.count("stroke: #1f77b4") > 0


@pytest.mark.parametrize("kind", ["cfc", "ltc_random"])
def test_other_liquid_policies(kind: str) -> None:
    told = json.loads(explain(saved(kind), "--wiring", "--json", "--out", "w.svg"))
    assert told["kind"] == kind
    assert told["picture"] == "w.svg"
    assert Path("w.svg").stat().st_size > 10_000
    times = [t for pair in told["time_constants_s"].values() for t in pair]
    assert (None in times) == (kind == "cfc"), "gates of an untrained CfC do not depend on time where nothing is heard"
    assert "252 (" in explain(kind)


def test_a_policy_without_a_wiring() -> None:
    folder = saved("lstm")
    assert "neurons" not in json.loads(explain(folder, "--json"))
    assert "24,832 in the cell" in explain(folder)
    with pytest.raises(ArgumentError, match="kind 'lstm' has no wiring"):
        explain(folder, "--wiring")


def test_wrong_pictures_are_refused() -> None:
    for arguments, complaint in (
        (("--wiring", "--out", "w.gif"), r"w\.gif: allowed endings are \.png, \.svg"),
        (("--seed", 1), "--seed: allowed with an audit only"),
        (("--wiring", "--out", "w.png", "--routes", 2), "--routes: allowed with an audit only"),
        (("--out", "new", "--episode", "a.episode", "--frames", 99), "--frames: allowed without --episode only"),
        (("--compare", "lstm-blind"), "--compare: allowed with an audit only"),
        (
            ("--out", "new", "--episode", "a.episode", "--episode", "./a.episode"),
            r"--episode a\.episode: allowed are different files",
        ),
        (("--out", "new", "--compare", "ncp"), "--compare: models called ncp, ncp: allowed are different names"),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            explain("ncp", *arguments)
    with pytest.raises(ArgumentError, match=r"effect: shape \(3,\): allowed is \(252,\)"):
        draw_wiring(Wiring.ncp(), "w.png", effect=np.zeros(3))
    with pytest.raises(ArgumentError, match="at most 20000 can be drawn"):
        draw_wiring(Wiring.fully_connected(100, 160), "w.png")
    Path("file").touch()
    with pytest.raises(ArgumentError, match="cannot be written"):
        draw_wiring(Wiring.ncp(), "file/w.png")


def test_a_model_without_a_name_is_not_the_folder_one_stands_in() -> None:
    result = CliRunner().invoke(app, ["explain", "ncp", "--compare", "", "--out", "out"])
    assert isinstance(result.exception, ModelError)
    assert str(result.exception).startswith("'': no such folder: allowed is a policy's folder or a shipped name (")
    assert not Path("out").exists()


def test_an_audit_replaces_nothing_unasked() -> None:
    folder = Path("mine")
    folder.mkdir()
    (folder / "notes.txt").touch()
    with pytest.raises(ArgumentError, match=r"out=mine: exists; allowed are a new folder, or --force"):
        explain("ncp", "--out", folder)
    with pytest.raises(ArgumentError, match=r"out=mine/notes.txt: is a file; allowed is a folder"):
        explain("ncp", "--out", folder / "notes.txt", "--force")
    with pytest.raises(EpisodeError, match=r"no\.episode"):
        explain("ncp", "--out", "new", "--episode", "no.episode")
    assert not Path("new").exists()


@pytest.mark.slow
def test_a_recorded_drive_is_audited() -> None:
    episode = held_out_episodes(load_policy("ncp"), seasons=("autumn",), routes=1, frames=50)[0]
    episode.save("mine.episode")
    folder = saved("lstm")
    told = json.loads(explain(folder, "--out", "audit", "--episode", "mine.episode", "--json"))
    assert told == json.loads(Path("audit/explain.json").read_text())
    assert [(drive["season"], drive["frames"]) for drive in told["drives"]] == [("autumn", 50)]
    assert told["missing"]["trees"].startswith("needs 2 drives")
    assert told["sections"]["dynamics"]["half_life_s"] is None or told["sections"]["dynamics"]["half_life_s"] > 0
    before = Path("audit/explain.html").read_bytes()
    explain(folder, "--out", "audit", "--episode", "mine.episode", "--force")
    assert Path("audit/explain.html").read_bytes() == before


def photo(name: str, width: int = 320, height: int = 180) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    cv2.imwrite(name, pixels)
    return Path(name)


def test_wrong_photos_are_refused() -> None:
    photo("a.png")
    Path("notes.jpg").write_text("no picture")
    for arguments, complaint in (
        (("--image", "notes.jpg", "--out", "new"), r"notes\.jpg: not a picture: allowed are JPEG, PNG, WEBP"),
        (("--image", "absent.jpg", "--out", "new"), r"absent\.jpg: cannot be read"),
        (("--image", "a.png"), "--image: allowed is --image with --out FOLDER"),
        (("--image", "a.png", "--out", "new", "--routes", 2), "--routes: allowed is --image with"),
        (("--image", "a.png", "--out", "new", "--wiring"), "--wiring: allowed is --image with"),
        (("a.png", "--out", "new"), r"a\.png: allowed are MODEL alone, or photos after --image"),
        (("--horizon", 0.4), "--horizon: allowed with --image only"),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            explain("ncp", *arguments)
    assert not Path("new").exists()
    Path("mine").mkdir()
    Path("mine/attention.html").touch()
    with pytest.raises(ArgumentError, match=r"--force to replace attention\.html in it"):
        explain("ncp", "--image", "a.png", "--out", "mine")


@pytest.mark.slow
def test_photos_are_explained() -> None:
    folder = saved("lstm")
    files = [photo("a.png"), photo("b.png", 300, 400)]
    arguments = ("--image", *files, "--horizon", 0.6, "--threads", 1)
    told = json.loads(explain(folder, *arguments, "--out", "photos", "--json"))
    assert told == json.loads(Path("photos/attention.json").read_text())
    assert [one["file"] for one in told["photos"]] == ["a.png", "b.png"]
    assert told["photos"][1]["kept"] == {
        "width": 300, "height": 400, "left": 0, "top": 194, "kept_width": 300, "kept_height": 117,
    }  # fmt: skip
    assert all(np.isfinite(one["curvature"]) for one in told["photos"])
    page = Path("photos/attention.html").read_text()
    assert "a.png</b>" in page
    assert page.count("data:image/webp") == 8
    text = explain(folder, *arguments, "--out", "photos", "--force")
    assert "a.png: " in text
    assert f"page: {Path('photos/attention.html')}" in text
    assert json.loads(Path("photos/attention.json").read_text()) == told


@pytest.mark.slow
def test_models_are_compared() -> None:
    for name in ("one", "two"):
        save_policy(told_policy(), Path(name))
    told = json.loads(explain("one", "--compare", "two", "--out", "both", "--routes", 1, "--frames", 48, "--json"))
    assert told == json.loads(Path("both/comparison.json").read_text())
    assert list(told) == ["one", "two", TOLD]
    assert told["one"] == told["two"] == told[TOLD], "they are the same policy, on the same roads"
    assert told["one"]["scenery_share"] == 0.0
    assert told["one"]["wheel"]["network"]["within"] == 4
    assert {path.name for path in Path("both").iterdir()} == {"one", "two", "comparison.html", "comparison.json"}
    assert Path("both/two/explain.html").is_file()
    assert 'href="two/explain.html"' in Path("both/comparison.html").read_text()


@pytest.mark.slow
def test_models_are_compared_on_recorded_drives() -> None:
    for season in ("summer", "winter"):
        held_out_episodes(load_policy("ncp"), seasons=(season,), routes=1, frames=48)[0].save(f"{season}.episode")
    save_policy(told_policy(), Path("one"))
    drives = ("--episode", "summer.episode", "--episode", "winter.episode")
    told = json.loads(explain("one", "--compare", "feedforward-blind", *drives, "--out", "both", "--json"))
    assert told == json.loads(Path("both/comparison.json").read_text())
    assert list(told) == ["one", "feedforward-blind", TOLD]
    for name in ("one", "feedforward-blind"):
        audit = json.loads(Path("both", name, "explain.json").read_text())
        assert [(drive["season"], drive["frames"]) for drive in audit["drives"]] == [("summer", 48), ("winter", 48)]
    assert told["one"] == told[TOLD] | {"recipe": None}
    assert told["one"]["scenery_share"] == 0.0 < told["feedforward-blind"]["scenery_share"]
    with pytest.raises(ArgumentError, match="--routes: allowed without --episode only"):
        explain("one", "--compare", "feedforward-blind", *drives, "--routes", 1, "--out", "more")


@pytest.mark.slow
def test_the_certificate_alone() -> None:
    told = json.loads(
        explain("ncp", "--section", "certificate", "--out", "proved", "--routes", 1, "--frames", 102, "--json")
    )
    assert list(told["sections"]) == ["certificate"]
    assert told["sections"]["certificate"]["proved"]["100"] > 0
    assert "Decision trees" not in Path("proved/explain.html").read_text()


def test_sections_that_cannot_be_measured_are_refused_before_anything_drives() -> None:
    for arguments, complaint in (
        (("--section", "certificate"), "--section: allowed with an audit only"),
        (("--section", "certificate", "--wiring"), "--section: allowed with an audit only"),
        (("--section", "dreams", "--out", "new"), "section='dreams': allowed are trees"),
        (
            ("--section", "certificate", "--out", "new", "--frames", 60),
            "section certificate: frames=60: allowed are 101",
        ),
    ):
        with pytest.raises(ArgumentError, match=complaint):
            explain("ncp", *arguments)
    assert not Path("new").exists()


@pytest.mark.slow
def test_networks_of_others_are_shown_photos() -> None:
    arguments = ("tests.scenarios.own_drivers:remembering", "--image", photo("a.png"), "--threads", 1, "--json")
    told = json.loads(explain(*arguments, "--out", "photos"))
    assert (told["kind"], told["photos"][0]["file"]) == ("torch module", "a.png")
    assert list(told["absent"]) == ["VisualBackProp"]
    assert "VisualBackProp cannot be told here" in Path("photos/attention.html").read_text()


def test_a_driver_cannot_be_looked_into() -> None:
    for model in ("expert", "tests.scenarios.own_drivers:looking"):
        for arguments in (("--out", "new"), ("--out", "new", "--image", "a.png")):
            with pytest.raises(ArgumentError, match=rf"{model}': a driver, which .* allowed for .* are shipped"):
                explain(model, *arguments)
    with pytest.raises(ArgumentError, match=r"--mount: allowed without --wiring only"):
        explain("net.onnx", "--mount", "mount.yaml", "--wiring")
    assert not Path("new").exists()


def test_what_has_no_certificate_is_refused_before_it_drives() -> None:
    for arguments in (("--certify",), ("--section", "certificate")):
        with pytest.raises(ArgumentError, match="lstm-blind: nothing to measure: certificate needs bounds"):
            explain("lstm-blind", *arguments, "--out", "new")
    with pytest.raises(ArgumentError, match="section certificate: frames=60: allowed are 101 or more"):
        explain("ncp", "--certify", "--out", "new", "--frames", 60)
    assert not Path("new").exists()
