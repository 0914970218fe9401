"""Which phrases the shop's own data name, for the check of the data against the phrasebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.checks.phrase_usage import Place
from bot.desk.shop.faq import all_entries
from bot.desk.shop.pack import load
from bot.desk.shop.pack_files import Promotions
from bot.desk.shop.policy_file import shop_return_policy
from bot.desk.shop.profile import shop_profile
from bot.desk.shop.repair_terms import tariff
from bot.desk.shop.selfhelp import self_help_guide
from bot.settings import settings

_NOTHING: frozenset[str] = frozenset()


def said_by_shop(pack: Path | None = None) -> dict[str, list[Place]]:
    """Return every phrase that the shop's data name, with the place that names it.

    Args:
        pack: folder of the shop's data; that of the pack in use when left out.

    Raises:
        PackError: a file of the pack is missing or wrong.
    """
    folder = pack or settings().pack_folder
    found: dict[str, list[Place]] = {}
    for phrase, file, name, given in _named(folder):
        where = f"bot/packs/{folder.name}/{file}: {name}"
        found.setdefault(phrase, []).append(Place(file, where, given))
    return found


def _named(pack: Path) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield a phrase, the file and the entry that name it, and the variables that it is said with."""
    for entry in all_entries(pack=pack):
        yield entry.phrase, "faq.yml", entry.id, _NOTHING
    for appliance in self_help_guide(pack=pack).appliances:
        for symptom in appliance.symptoms:
            yield symptom.phrase, "selfhelp.yml", f"{appliance.name} {symptom.fault}", _NOTHING
    for offer in load(pack / "promotions.yml", Promotions).promotions:
        yield offer.phrase, "promotions.yml", offer.id, frozenset({"until"})
    for case, phrase in shop_return_policy(pack=pack).send:
        yield phrase, "returns.yml", f"send {case}", _NOTHING
    prices = tariff(pack=pack)
    yield prices.rules, "repair.yml", "rules", _NOTHING
    for terms in prices.terms:
        yield terms.covers, "repair.yml", f"covers {'、'.join(terms.names)}", _NOTHING
    yield shop_profile(pack=pack).hours_phrase, "profile.yml", "hours_phrase", _NOTHING
