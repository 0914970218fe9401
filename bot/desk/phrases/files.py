"""Write the book in force back into files, phrase by phrase, so that the difference in git is what was revised."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.desk.phrases.states import PhraseError
from bot.desk.phrases.yaml_lines import file_head, phrase_block
from phrasebook.book.book import ApprovedPhrases, Phrase
from phrasebook.book.load import load_phrases
from phrasebook.errors import InvalidFilesError
from phrasebook.yaml_source import read_yaml, yaml_files


@dataclass(frozen=True)
class Exported:
    """What was written: the phrases that differ from the files, and the files that changed."""

    phrases: tuple[str, ...]
    files: tuple[Path, ...]


def export(
    baseline: ApprovedPhrases, book: ApprovedPhrases, sources: Sequence[Path], target: Path | None = None
) -> Exported:
    """Write a book as files; what was not revised keeps its lines, comments and order.

    Args:
        baseline: the book of `sources`.
        book: the book in force over it.
        sources: the folders of the present files; a new scene's file goes into the first.
        target: the folder to write all files to; by default each goes back to its place.

    Raises:
        PhraseError: what was written does not load as the same book; nothing is changed.
    """
    revised = [phrase for phrase in book if phrase.id not in baseline or _differs(phrase, baseline.get(phrase.id))]
    paths = [path for source in sources for path in yaml_files(source)]
    _ensure_named_apart(paths)
    places = {path.name: path for path in paths}
    texts = {name: path.read_text(encoding="utf-8-sig") for name, path in places.items()}
    before = dict(texts)
    for phrase in revised:
        if phrase.id in baseline:
            name = Path(baseline.get(phrase.id).file).name
            texts[name] = _replaced(texts[name], phrase, baseline.get(phrase.id), name)
        else:
            name = _file_of(phrase.scene, paths)
            texts[name] = _added(texts.get(name), phrase)
    _ensure_same(texts, book)
    written = []
    for name, text in texts.items():
        place = target / name if target else places.get(name, sources[0] / name)
        if place != places.get(name) or text != before[name]:
            place.parent.mkdir(parents=True, exist_ok=True)
            _write(place, text)
            written.append(place)
    return Exported(tuple(phrase.id for phrase in revised), tuple(written))


def _ensure_named_apart(paths: Sequence[Path]) -> None:
    first: dict[str, Path] = {}
    for path in paths:
        if path.name in first:
            raise PhraseError(f"{first[path.name]} and {path} have one name: rename the shop's file")
        first[path.name] = path


def _differs(one: Phrase, other: Phrase) -> bool:
    return _bare(one) != _bare(other)


def _bare(phrase: Phrase) -> Phrase:
    return replace(phrase, file="", line=0, variant_lines=())


def _replaced(text: str, phrase: Phrase, old: Phrase, name: str) -> str:
    lines = text.split("\n")
    # The phrase may have moved: others were replaced above it in the same text.
    start = next((i for i, line in enumerate(lines) if line.lstrip().startswith("- ") and _is_id(line, old.id)), None)
    if start is None:
        raise PhraseError(f"{name}:{old.line}: {old.id} does not begin with a line `- id: {old.id}`; write it so")
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    for place in range(start + 1, len(lines)):
        line = lines[place]
        if line.strip() and not line.lstrip().startswith("#"):
            if len(line) - len(line.lstrip()) <= indent:
                break
            end = place + 1
    return "\n".join([*lines[:start], *phrase_block(phrase, owner=_owner(lines), indent=indent), *lines[end:]])


def _is_id(line: str, phrase_id: str) -> bool:
    key, _, value = line.lstrip()[2:].partition(":")
    return key.strip() == "id" and value.partition("#")[0].strip().strip("\"'") == phrase_id


def _owner(lines: list[str]) -> str:
    found = next((line.partition(":")[2].strip() for line in lines if line.startswith("owner:")), "")
    return found.strip("\"'")


def _added(text: str | None, phrase: Phrase) -> str:
    lines = (text or "\n".join(file_head(phrase.scene, phrase.owner))).rstrip("\n").split("\n")
    return "\n".join([*lines, *phrase_block(phrase, owner=_owner(lines)), ""])


def _file_of(scene: str, paths: Iterable[Path]) -> str:
    for path in paths:
        if read_yaml(path).get("scene") == scene:
            return path.name
    return f"{scene}.yml"


def _ensure_same(texts: dict[str, str], book: ApprovedPhrases) -> None:
    with tempfile.TemporaryDirectory(prefix="liyan-phrases-") as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            written = load_phrases(folder)
        except InvalidFilesError as error:
            raise PhraseError(f"nothing was written, the files would not load:\n{error}") from error
    if written.digest != book.digest:
        raise PhraseError(f"nothing was written, these would change: {', '.join(_unlike(written, book))}")


def _unlike(one: ApprovedPhrases, other: ApprovedPhrases) -> Iterable[str]:
    ids = sorted({phrase.id for phrase in one} | {phrase.id for phrase in other})
    return [i for i in ids if i not in one or i not in other or _differs(one.get(i), other.get(i))]


def _write(path: Path, text: str) -> None:
    """Replace a file in one step: a process that reloads never sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(path)
