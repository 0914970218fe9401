"""Files of shop data: faults are told with file, key and cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.desk.shop import faq
from bot.desk.shop.pack import PackError, load
from bot.desk.shop.pack_files import Catalogue, Orders
from bot.desk.tickets.sla import Rules
from bot.settings import ROOT

PACK = ROOT / "bot" / "packs" / "retail"


def broken(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of a file of the pack in which something was changed."""
    path = tmp_path / name
    text = (PACK / name).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('price: "2999.00"', 'price: "-1"', "products.0.price"),
        ("sku: PH-1002", "sku: PH-1001", "sku stands twice: PH-1001"),
        ("brand: 云雀", "brnd: 云雀", "products.0.br"),
        ("products:", "products: [", "not YAML"),
    ],
)
def test_a_wrong_catalogue_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Price, doubled SKU, misspelt key and broken YAML each name what is wrong."""
    path = broken(tmp_path, "catalogue.yml", old, new)
    with pytest.raises(PackError, match=told) as caught:
        load(path, Catalogue)
    assert str(path) in str(caught.value)


def test_doubled_last_digits_are_told(tmp_path: Path) -> None:
    """Two orders whose phones end alike would prove one another."""
    path = broken(tmp_path, "orders.yml", "13800130254", "13800140127")
    with pytest.raises(PackError, match="last four digits of the phone stands twice: 0127"):
        load(path, Orders)


def test_a_term_has_one_unit(tmp_path: Path) -> None:
    """A term in two units is refused."""
    path = broken(tmp_path, "sla.yml", "{working_hours: 1}", "{working_hours: 1, minutes: 5}")
    with pytest.raises(PackError, match="exactly one"):
        load(path, Rules)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A pack without the file says which setting to look at."""
    with pytest.raises(PackError, match="LIYAN_PACK"):
        load(tmp_path / "faq.yml", Catalogue)


def test_another_pack_can_be_asked(tmp_path: Path) -> None:
    """Functions read the pack they are given."""
    broken(tmp_path, "faq.yml", "phrase: faq_invoice.how", "phrase: faq_invoice.mine")
    found = faq.find_entry("invoice", "开发票", pack=tmp_path)
    assert found is not None
    assert found.phrase == "faq_invoice.mine"


def test_a_route_to_nowhere_is_told(tmp_path: Path) -> None:
    """An intent that names an entry that is not there is an error of the file."""
    broken(tmp_path, "faq.yml", "id: invoice.how", "id: invoice.other")
    with pytest.raises(PackError, match=r"intent invoice names what is not there: invoice\.how"):
        faq.find_entry("invoice", "开发票", pack=tmp_path)
