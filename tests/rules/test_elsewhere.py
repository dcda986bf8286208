"""The norms of A3, each with what it is here: nothing of them is forgotten."""

import re

import pytest
from catalogue.rows import needs_catalogue, rows
from support import ROOT, SHARED

from datastd import reference, standard
from datastd.model import Level
from datastd.rules import Rule
from datastd.rules.norms.elsewhere import NAMED
from datastd.schemas.norms import NORMS

A3 = SHARED.parent / "reference" / "norms_security.md"
COUNTS = {"I": 14, "C": 24, "P": 23, "S": 25, "A": 8}
BLOCKS = {"I": "N0", "C": "N1", "P": "N2", "S": "N3"}


def test_each_norm_is_in_the_table_once_and_in_order():
    assert [*NAMED] == [f"{part}{number:02}" for part, count in COUNTS.items() for number in range(1, count + 1)]


@pytest.mark.skipif(not A3.is_file(), reason=f"the norms are expected at {A3}")
def test_the_table_has_those_of_the_reference():
    text = A3.read_text()
    part = text[text.index("## A3.") : text.index("## A4.")]
    assert re.findall(r"^\| ([A-Z]\d\d) \|", part, re.MULTILINE) == [*NAMED]


def test_each_code_is_a_rule_and_what_is_not_built_says_why():
    known = {entry.name for entry in reference.entries("rules")} | {
        code for entry in reference.entries("measures") for code in re.findall(r"[FQCLN]\d{3}", f"{entry.title} {entry.facts} {entry.name}")
    }
    for name, one in NAMED.items():
        assert {*one.codes} <= known, name
        assert one.codes or len(one.why) > 20, name


@pytest.mark.parametrize("name", [name for name, one in NAMED.items() if not one.why])
def test_a_norm_of_its_own_has_one_code_of_its_block(name):
    (code,) = NAMED[name].codes
    assert code.startswith(BLOCKS[name[0]])


def test_the_table_stands_in_the_reference():
    page = (ROOT / "schemas" / "RULES.md").read_text()
    assert all(f"\n| {name} | {', '.join(one.codes) or 'not built'} | {one.why} |\n" in page for name, one in NAMED.items())


ROWS = rows(("1.N",))
OF_TEXTS = {"N101", "N204"}
"""About columns of records: a standard of texts asks the first, a user's own the other."""


@needs_catalogue
def test_the_norms_of_the_catalogue_were_read():
    assert len(ROWS) == 43


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_each_row_of_the_catalogue_is_a_rule_of_its_name_and_level(row):
    known = {one.code: one for one in reference._defined(reference.rules) if isinstance(one, type) and issubclass(one, Rule) and "code" in vars(one)}
    kind = known[row.code]
    assert (kind.name, kind.model_fields["level"].default) == (row.name, Level(row.level))
    assert row.code in {one.code for one in NORMS} | OF_TEXTS


def test_every_shipped_standard_asks_every_norm():
    norms = {one.code for one in NORMS}
    for one in standard.every():
        assert norms <= {rule.code for rule in one.rules}, one.name
