"""Rasa's cache notices a change wherever a component's sources lie."""

from __future__ import annotations

from pathlib import Path

from bot.engine.nlu.source_digest import digest


def test_a_change_in_a_sub_folder_changes_the_digest(tmp_path: Path) -> None:
    """A file two folders down counts as one beside the component does."""
    room = tmp_path / "room" / "book"
    room.mkdir(parents=True)
    file = room / "fold.py"
    file.write_text("A = 1\n")
    before = digest([tmp_path / "room"])
    file.write_text("A = 2\n")
    assert digest([tmp_path / "room"]) != before


def test_a_move_to_another_folder_changes_the_digest(tmp_path: Path) -> None:
    """The same contents in another place are another state of the sources."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "fold.py").write_text("A = 1\n")
    before = digest([tmp_path])
    (tmp_path / "one" / "fold.py").rename(tmp_path / "two" / "fold.py")
    assert digest([tmp_path]) != before
