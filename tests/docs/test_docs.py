"""The documentation says what the code does: settings, verbs, routes, files, figures."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from bot.desk.tickets.tickets import KINDS
from bot.desk.tickets.transitions import STATES
from bot.gateway.app import create_app
from bot.settings import ROOT, Settings
from phrasebook.book.book import TONES, TYPES
from phrasebook.book.load import load_phrases
from tests.docs import cli_page

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

FIELDS = {f"LIYAN_{name.upper()}": field for name, field in Settings.model_fields.items()}
CODE_FOLDERS = ("actions", "bot", "phrasebook", "tests")
CODE_FILES = ("endpoints.yml", "credentials.yml", "config.yml", "Makefile", ".ci/run")
MADE_BY_RUNS = ("data/nlu/inbox.yml", "var/", "models/", ".cache/", ".env", ".venv", "bot/engine/.venv")
"""What the pages may name although no clone holds it."""
ENDINGS = r"\.(?:md|yml|yaml|toml|py|ini|lock|svg|png|json|jsonl|tsv|txt|sh)"
ROOMS = {
    "docs/design.md": ("bot/engine",),
    "docs/nlu.md": ("bot/engine/nlu", "bot/engine/dialogue"),
    "docs/settings.md": ("phrasebook",),
    "CONTRIBUTING.md": ("phrasebook",),
}
"""Rooms from which a page counts its paths, beside the root."""
HOSTS = frozenset({"127.0.0.1", "localhost", "www.w3.org", "keepachangelog.com"})
"""Hosts that a page may name, beside those under `.example`: loopback, SVG's name space, a site on this form of log."""


def page_id(path: Path) -> str:
    """Return a page's name for the list of tests."""
    return str(path.relative_to(ROOT))


def row_of(setting: str) -> list[str]:
    """Return the cells of a setting's row."""
    for line in SETTINGS_PAGE.splitlines():
        if line.startswith(f"| `{setting}` "):
            return [cell.strip() for cell in line.strip("|").split(" | ")]
    raise AssertionError(f"docs/settings.md has no row for {setting}")


def code_texts() -> Iterator[str]:
    """Yield the text of everything that may read a variable."""
    for folder in CODE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not any(part.startswith((".", "__pycache__")) for part in path.parts[len(ROOT.parts) :]):
                yield path.read_text(encoding="utf-8")
    for name in CODE_FILES:
        yield (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", FIELDS)
def test_a_setting_has_a_row_with_type_default_meaning_and_example(setting: str) -> None:
    """Every setting stands in docs/settings.md in five filled cells, with the default that the code has."""
    cells = row_of(setting)
    assert len(cells) == 5
    assert all(cells)
    default = FIELDS[setting].default
    if default is None:
        assert cells[2].startswith("unset")
    elif isinstance(default, bool):
        assert f"`{str(default).lower()}`" in cells[2]
    elif isinstance(default, Path):
        assert f"`{default.relative_to(ROOT)}` in the root" in cells[2]
    elif default == "":
        assert cells[2] == "empty"
    else:
        assert f"`{default}`" in cells[2]


def test_a_setting_describes_itself() -> None:
    """Every setting has a default, so that `make run` needs none, and a description in the code."""
    for name, field in FIELDS.items():
        assert field.default is not PydanticUndefined, name
        assert field.description, name


def test_every_variable_of_the_code_is_documented_and_the_other_way_round() -> None:
    """No LIYAN_ variable is read that docs/settings.md does not name, and none is named that nothing reads."""
    names = re.compile(r"LIYAN_[A-Z]+(?:_[A-Z]+)*")
    used = {name for text in code_texts() for name in names.findall(text)} | set(FIELDS)
    documented = set(names.findall(SETTINGS_PAGE))
    assert used <= documented, f"undocumented: {sorted(used - documented)}"
    assert documented <= used, f"documented and never read: {sorted(documented - used)}"


def test_the_page_of_the_command_line_is_what_the_help_says() -> None:
    """docs/cli.md holds every verb with its help, as `make docs` writes it."""
    assert cli_page.PAGE.read_text(encoding="utf-8") == cli_page.page(), "run `make docs`"


@pytest.mark.parametrize(("verb", "command"), [pytest.param(v, c, id=v) for v, c in cli_page.verbs()])
def test_a_verb_has_help(verb: str, command: object) -> None:
    """Every verb says what it does, and every option what it is for."""
    assert cli_page.help_of(command).endswith("."), verb
    for written, text in cli_page.options(command):
        assert text or not written.startswith("-"), f"{verb} {written}"


def test_every_verb_of_make_is_explained() -> None:
    """Every verb of make has a line of help and stands in README.md or CONTRIBUTING.md; none that is gone does."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    helped = set(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`", README + CONTRIBUTING))
    assert declared == helped
    assert declared <= named, f"unexplained: {sorted(declared - named)}"
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        gone = set(re.findall(r"`make ([a-z-]+)`", text)) - declared
        assert not gone, f"{page_id(page)} names {sorted(gone)}"


def test_every_route_is_documented(tmp_path: Path) -> None:
    """Every route of the gateway stands in docs/api.md with its method, and none that is gone does."""
    app = create_app(Settings(var=tmp_path, engine_port=1, actions_port=2))
    served = {"GET /static"}
    for route in _flat(app.routes):
        methods = (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
        served |= {f"{method} {route.path}" for method in methods if hasattr(route, "endpoint")}
    table = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    documented = {
        f"{method} {path.rstrip('/…') or '/'}"
        for method, path in re.findall(r"`(GET|POST|OPTIONS) (/[^`?\s]*)`", table)
    }
    assert served == documented


def _flat(routes: list) -> Iterator:  # type: ignore[type-arg]
    """Yield routes, those of included routers too, however the framework keeps them."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            yield from _flat(router.routes)
        elif hasattr(route, "path"):
            yield route


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_files_that_a_page_names_exist(page: Path) -> None:
    """A link or a path in code style leads to something that is there."""
    text = page.read_text(encoding="utf-8")
    links = {link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link}
    paths = set(re.findall(rf"`((?:[\w.-]+/)+(?:[\w*-]+{ENDINGS})?|(?:[\w.-]+/)*[\w*-]+{ENDINGS})`", text))
    missing = [link for link in links if link and not (page.parent / link).exists()]
    missing += [path for path in paths if not path.startswith(MADE_BY_RUNS) and not _is_there(path, page)]
    assert not missing


def _is_there(path: str, page: Path) -> bool:
    """Tell whether a path exists from the root, from the page, or from a room that the page speaks of."""
    folders = (ROOT, page.parent, *(ROOT / room for room in ROOMS.get(page_id(page), ())))
    return any(any(folder.glob(path.rstrip("/"))) for folder in folders)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "architecture.svg"], ids=page_id)
def test_pages_name_no_foreign_host(page: Path) -> None:
    """Only loopback, example names and a few public project sites stand in the pages."""
    text = page.read_text(encoding="utf-8")
    hosts = set(
        re.findall(r"(?:https?|wss?|redis|postgresql(?:\+\w+)?)://(?:[\w.-]+@)?([\w-]+(?:\.[\w-]+)+|localhost)", text)
    )
    foreign = {host for host in hosts if host not in HOSTS and not host.endswith(".example")}
    assert not foreign


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_two_commands_stand_in_the_readme(page: str) -> None:
    """A stranger finds `make run`, `make test` and `make demo` as lines to copy, and a picture of the chat."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for command in ("make run", "make test", "make demo"):
        assert f"\n    {command}\n" in text
    assert "](docs/screens/desktop.png)" in text


@pytest.mark.parametrize(
    ("name", "size"),
    [("desktop", (1280, 800)), ("desktop-dark", (1280, 800)), ("phone", (390, 844)), ("phone-dark", (390, 844))],
)
def test_pictures_have_their_sizes(name: str, size: tuple[int, int]) -> None:
    """The pictures of the chat are there, for desktop and phone, light and dark."""
    head = (ROOT / "docs" / "screens" / f"{name}.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == size


def test_sentences_quoted_as_answers_are_approved() -> None:
    """An answer shown in the README is a variant of the phrase it names."""
    quoted = re.findall(r'"text": "([^"…]+)", "custom": \{"phrase": "([\w.]+)", "version": (\d+)', README)
    assert quoted
    book = load_phrases(ROOT / "phrasebook" / "approved")
    for text, phrase, version in quoted:
        assert text in book.get(phrase).variants
        assert book.get(phrase).version == int(version)


def test_the_contract_names_all_types_tones_kinds_and_states() -> None:
    """The lists in docs/design.md are those of the code."""
    for word in (*TYPES, *KINDS, *STATES):
        assert f"`{word}`" in DESIGN, word
    for tone in TONES:
        assert re.search(rf"tone: warm +#.*\b{tone}\b", DESIGN), tone


def test_the_contract_lists_the_entities_of_the_domain() -> None:
    """Every entity found in what customers write has its shape in docs/design.md, and no other has."""
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    found = domain.split("# found in what customers write", 1)[1].split("# carried by buttons", 1)[0]
    table = DESIGN.split("| entity | value |", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"- (\w+)", found)) == set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))
