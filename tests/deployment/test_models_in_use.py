"""Models: which one is in use, how one is found, what the gate and the comparison say."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from bot.deployment import acceptance
from bot.deployment.compare import ComparedMessage, Comparison, read_tsv
from bot.deployment.deploy import ModelError, find_model, hand_to_engine
from bot.process import running_system, supervisor
from bot.settings import Settings
from bot.training import active_model, train
from bot.training.active_model import ModelFileError
from phrasebook.china_time import SHANGHAI

INTENTS = frozenset({"logistics", "return_goods"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of an empty house."""
    (tmp_path / "models").mkdir()
    return Settings(var=tmp_path / "var", models=tmp_path / "models", engine_port=None, engine_token=None)


def _archive(settings: Settings, name: str) -> Path:
    path = settings.models / f"{name}.tar.gz"
    path.write_bytes(b"")
    return path


def test_labels_do_not_change_the_model_in_use(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start keeps the model in use when only the exported labels have changed, and not when other data have."""
    data = tmp_path / "data"
    data.mkdir()
    labels, authored = data / "inbox.yml", data / "logistics.yml"
    authored.write_text("one")
    monkeypatch.setattr(train, "ROOT", tmp_path)
    monkeypatch.setattr(train, "LABELS", labels)
    monkeypatch.setattr(train, "_sources", lambda: sorted(data.iterdir()))
    model = _archive(settings, "liyan-1")
    assert active_model.active_model_if_current(settings) is None
    active_model.set_active_model(settings, model, now=datetime.now(SHANGHAI), by="王")
    with_labels = train.fingerprint()
    labels.write_text("a label")
    assert train.fingerprint() != with_labels
    assert active_model.active_model_if_current(settings) == model
    authored.write_text("two")
    assert active_model.active_model_if_current(settings) is None


def test_the_engine_starts_with_the_model_taken_into_use_last(settings: Settings) -> None:
    """A model taken into use while the system runs is the one the engine comes back with after a crash."""
    first, second = _archive(settings, "first"), _archive(settings, "second")
    ports = {"engine_port": 1, "actions_port": 2}
    programs = supervisor.programs(settings.model_copy(update=ports), first)
    engine = next(program for program in programs if program.name == "engine")
    assert str(first) in engine.command()
    active_model.set_active_model(settings, second, now=datetime.now(SHANGHAI))
    assert str(second) in engine.command()
    second.unlink()
    assert str(first) in engine.command(), "a model whose archive is gone is not in use"


def test_a_damaged_file_is_told(settings: Settings) -> None:
    """A file that names no model says which file it is and what to do."""
    settings.var.mkdir()
    (settings.var / "model.json").write_text("{")
    with pytest.raises(ModelFileError, match=r"model\.json is damaged .* remove it"):
        active_model.read_active_model(settings)


def test_models_are_found_by_name_and_path(settings: Settings) -> None:
    """A model is found by path, by name with or without its ending, and as `in-use`; else those there are listed."""
    path = _archive(settings, "liyan-1")
    assert {find_model(settings, name) for name in (str(path), "liyan-1", "liyan-1.tar.gz")} == {path}
    with pytest.raises(ModelError, match="no model 'in-use': available: liyan-1"):
        find_model(settings, "in-use")
    active_model.set_active_model(settings, path, now=datetime.now(SHANGHAI))
    assert find_model(settings, "in-use") == path
    with pytest.raises(ModelError, match="`liyan train` makes it"):
        find_model(settings, "present")


def test_no_running_engine_is_no_error(settings: Settings) -> None:
    """Where nothing runs, or a crash left the file of a running system behind, no engine is given the model."""
    settings.var.mkdir()
    assert not hand_to_engine(settings, _archive(settings, "liyan-1"))
    left = {"engine_port": 1, "actions_port": 2, "engine_token": "left-behind"}
    (settings.var / running_system.FILE).write_text(json.dumps(left))
    assert not hand_to_engine(settings, _archive(settings, "liyan-1"))


PHRASES = (
    ("a.one a.two", "a.one a.two", None),
    ("a.one a.two", "a.two", None),
    ("a.one a.two", "a.*", None),
    ("a.one", "!b.*", None),
    ("a.two a.one", "a.one a.two", "a.two is missing"),
    ("a.one b.one", "a.one !b.*", r"b\.\* came"),
    ("", "a.one", "a.one is missing in nothing"),
)


@pytest.mark.parametrize(("came", "expected", "problem"), PHRASES)
def test_what_the_gate_expects(came: str, expected: str, problem: str | None) -> None:
    """Phrases must come in order, other ones may stand between, forbidden ones must not come."""
    found = acceptance.mismatch(came.split(), expected)
    assert found is None if problem is None else found is not None and re.search(problem, found)


def test_regression_dialogues_cover_the_journeys() -> None:
    """There are thirty to sixty talks with names of their own, and every journey's phrases are expected in one."""
    talks = acceptance.load_dialogues()
    assert 30 <= len(talks) <= 60
    assert len({talk.name for talk in talks}) == len(talks)
    scenes = {wanted.split(".")[0] for talk in talks for turn in talk.turns for wanted in turn.expect.split()}
    journeys = {"consult", "order", "complaint", "returns", "repair", "progress", "handoff", "emergency", "feedback"}
    assert journeys | {"proof", "social", "rating", "unsure", "back"} <= scenes


def test_a_talk_of_another_shape_is_named(tmp_path: Path) -> None:
    """A file with a wrong key says which file, which talk, which key."""
    (tmp_path / "x.yml").write_text("- {name: a, turns: [{say: 你好, expects: x}]}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.yml: talk 1: \('turns', 0, 'expect'\)"):
        acceptance.load_dialogues(tmp_path)


def _row(old: str, new: str) -> ComparedMessage:
    return ComparedMessage("…", "logistics", old, 0.5, new, 0.9)


def test_comparison_puts_the_worse_first() -> None:
    """Rows are better, worse, otherwise wrong or as before; what changed is listed, the worse first."""
    rows = (
        _row("return_goods", "logistics"),
        _row("logistics", "return_goods"),
        _row("logistics", "logistics"),
        _row("greet", "thank"),
        _row("greet", "greet"),
    )
    found = Comparison(rows)
    assert [row.verdict for row in found.changed()] == ["worse", "better", "otherwise wrong"]
    assert json.loads(json.dumps(found.record()))["verdicts"] == {
        "better": 1, "worse": 1, "otherwise wrong": 1, "right": 1, "wrong": 1,
    }  # fmt: skip


def test_tables_are_read_with_and_without_a_heading(tmp_path: Path) -> None:
    """`text<TAB>intent`, a heading and further columns are fine; an unknown intent names its line."""
    path = tmp_path / "set.tsv"
    path.write_text("text\tlabel\n快递到哪了\tlogistics\textra\n\n退货\treturn_goods\n", encoding="utf-8")
    assert read_tsv(path, INTENTS) == [("快递到哪了", "logistics"), ("退货", "return_goods")]
    path.write_text("快递到哪了\tlogistics\n退货\tnothing\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"set\.tsv:2: no intent 'nothing'"):
        read_tsv(path, INTENTS)
    with pytest.raises(ValueError, match=r"missing\.tsv"):
        read_tsv(tmp_path / "missing.tsv", INTENTS)


def test_a_stopped_training_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops a training stops Rasa with it; no half model stays in the folder of models."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho \"Starting to train component 'Slow'.\"\nexec sleep 60\n")
    python.chmod(0o700)
    monkeypatch.setattr(train, "engine_python", lambda: python)

    def stop(_component: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train.train(settings, tell=stop)
    assert list(settings.models.iterdir()) == []
