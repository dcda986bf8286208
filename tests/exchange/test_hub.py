"""A card as a README of the hub: its library loads it, and it comes back as it was."""

import contextlib

import pytest
from card_cases import WHOLE, cards, write
from hypothesis import example, given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.card import Card, read
from datastd.errors import NotInstalled
from datastd.exchange import adopt, export, hf, yaml
from datastd.exchange.licences import HUB, hub_of, listed, of_page, page_of
from datastd.exchange.spelling import yaml_of
from datastd.quiet import is_hidden

pytest.importorskip("yaml")


def again(card):
    tables, left = hf.read(hf.readme(card))
    return Card.of_tables({"card_version": 1, **tables}), left.said


@given(cards())
@example(read(WHOLE.encode()))
def test_what_both_sides_have_comes_back_as_it_was(card):
    found, left = again(card)
    assert {one.partition(":")[0] for one in left} <= {"language_creators"}
    assert _kept(found) == _kept(card)


def _kept(card):
    """What of a card the hub's has room for."""
    return {
        "own": (card.identity.license, card.identity.languages, card.identity.title, card.identity.task),
        "link": card.identity.license_files,
        "splits": {name: (one.rows, one.bytes) for name, one in card.processing.splits.items()},
        "tables": hf._tables(card),
    }


@given(cards())
@example(read(WHOLE.encode()))
def test_its_own_library_takes_any_card(card):
    hub = pytest.importorskip("huggingface_hub")
    pytest.importorskip("jinja2")
    loaded = hub.DatasetCard(hf.readme(card).decode(), ignore_metadata_errors=False)
    assert loaded.data.to_dict().get("pretty_name") == card.identity.title
    assert loaded.data.to_dict().get("datacard", {}) == hf._tables(card)


def test_the_hub_is_told_what_it_asks_for(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    note, private = export(data, "hf", tmp_path / "README.md").notes
    assert private.startswith("private, ")
    assert note.startswith("the hub has no place for identity.uuid, ")
    front = yaml.read((tmp_path / "README.md").read_text().split("---")[1])
    assert front["license"] == "cc-by-4.0"
    assert (front["language"], front["language_bcp47"]) == (["en", "de"], ["en", "de-CH"])
    assert front["size_categories"] == ["n<1K"]
    assert front["dataset_info"] == {"splits": [{"name": "train", "num_examples": 2, "num_bytes": 100}]}
    assert "source_datasets" not in front


def test_people_read_it_below_the_hubs_headings():
    body = hf._body(read(WHOLE.encode()))
    assert "# Dataset Card for Strips of cloth\n" in body
    assert "## Out-of-Scope Use\n\nDyeing.\n" in body


@pytest.mark.parametrize(("rows", "size"), [
    (0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**12, "n>1T"),
])  # fmt: skip
def test_sizes_are_bands(rows, size):
    card = Card.of_tables({"card_version": 1, "processing": {"splits": {"a": {"rows": rows}}}})
    assert hf._front(card)["size_categories"] == [size]


def test_a_licence_that_the_hub_has_no_name_for_keeps_its_own():
    card = Card.of_tables({"card_version": 1, "identity": {"license": "LicenseRef-Mill", "license_files": ["LICENSE"]}})
    front = hf._front(card)
    assert front == {"license": "other", "license_name": "LicenseRef-Mill", "license_link": "LICENSE", "datacard": front["datacard"]}
    assert again(card) == (card, [])


def test_the_table_of_licences_is_of_licences():
    assert [one for one in HUB.values() if not listed(one)] == []
    assert [one for one in HUB if hub_of(HUB[one]) != one] == []


@pytest.mark.parametrize(("page", "licence"), [
    ("https://spdx.org/licenses/MIT.html", "MIT"), ("http://spdx.org/licenses/MIT", "MIT"),
    ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
    ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
    ("https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0"),
    ("https://opensource.org/licenses/MIT", "MIT"), ("https://opensource.org/license/mit/", "MIT"),
    ("https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
    ("https://spdx.org/licenses/Mine.html", None), ("https://creativecommons.org/licenses/by/9.9/", None),
    ("https://example.org/licence", None),
])  # fmt: skip
def test_a_page_is_of_a_licence_or_of_none(page, licence):
    assert of_page(page) == licence


@pytest.mark.parametrize("licence", ["MIT", "CC-BY-4.0", "GPL-3.0-or-later"])
def test_a_listed_licence_has_a_page(licence):
    assert of_page(page_of(licence)) == licence


@pytest.mark.parametrize("licence", ["mit", "MIT OR Apache-2.0", "LicenseRef-x", "none of them"])
def test_any_other_stays_as_it_is(licence):
    assert page_of(licence) == licence


FOREIGN = b"""---
license: openrail
language: no
pretty_name: 3
task_categories:
- text-generation
size_categories:
- 10K<n<100K
dataset_info:
  features:
  - name: text
    dtype: string
  splits:
  - name: train
    num_examples: 5
tags: [a]
---
# Cloth
## Uses
"""


def test_a_card_of_others_is_taken_as_far_as_it_goes(tmp_path):
    (tmp_path / "README.md").write_bytes(FOREIGN)
    done = adopt(tmp_path / "README.md")
    assert done.card.identity.languages == ("no",)
    assert (done.card.identity.title, done.card.identity.task) == ("3", ("text-generation",))
    assert done.card.processing.splits["train"].rows == 5
    assert done.card.identity.license is None
    assert {one.partition(":")[0] for one in done.left} == {"license", "size_categories", "dataset_info", "tags", "text"}
    assert [one for one in done.left if one.startswith("text")] == ["text: Cloth: prose is not read", "text: Uses: prose is not read"]
    assert hf.read(b"---\nlicense: mit\n---\nOf cloth.\n")[1].said == ["text: without headings: prose is not read"]


KEYS = ["license", "license_name", "license_link", "language", "language_bcp47", "pretty_name", "task_categories", "dataset_info", "datacard", "tags"]
ANY = st.recursive(st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["mit", "other", "a", "https://spdx.org/licenses/MIT.html"]),
                   lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "splits", "num_examples", "identity", "title", "use"]), inner, max_size=3), max_leaves=6)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), ANY))
def test_whatever_stands_under_a_key_is_a_card_or_a_reason(given_):
    content = f"---\n{yaml_of(given_) or '{}'}\n---\n".encode()
    if "datacard" in given_:  # tables of a card are a card's, or the file is none
        with contextlib.suppress(ValueError):
            hf.read(content)
        return
    tables, left = hf.read(content)
    card = Card.of_tables({"card_version": 1, **tables})
    told = {one.partition(":")[0] for one in left.said}
    for key, value in given_.items():
        held = str(hf._front(card))
        if value in (None, [], {}) or (isinstance(value, list) and all(one is None for one in value)):
            continue
        assert key in told or all(str(one) in held or one in HUB or one == "other" or of_page(str(one)) for one in (value if isinstance(value, list) else [value])), key


@pytest.mark.parametrize(("text", "says"), [
    ("a: 1\na: 2", "line 2: expected a key that is text, and once"),
    ("a: &x 1\nb: *x", "line 1: expected plain data, found an alias, an anchor or a tag"),
    ("a: !!python/object/apply:os.system ['id']", "line 1: expected plain data"),
    ("a: !!binary x", "expected plain data"), ("? [a]\n: b", "expected a key that is text"),
    ("a: [1", "expected YAML, found"), ("a: 1\n---\nb: 2", "expected one document"), ("", "expected one document"),
    ("a: " + "[" * 40 + "]" * 40, "nested deeper than 16"), ("a: \x07", "expected YAML"),
    ("- {<<: {a: 1}, <<: {b: 2}}", "once"),
])  # fmt: skip
def test_yaml_that_is_more_than_data_is_refused(text, says):
    with pytest.raises(ValueError, match=r".") as found:
        yaml.read(text)
    assert says in str(found.value)


def test_scalars_are_those_of_yaml_1_2():
    assert yaml.read("a: no\nb: yes\nc: true\nd: 1.5\ne: 012\nf: '1'\ng: ~\nh: 2020-01-01\ni: 1_000\nj: 1:30\nk:") == {
        "a": "no", "b": "yes", "c": True, "d": 1.5, "e": 12, "f": "1", "g": None, "h": "2020-01-01", "i": "1_000", "j": "1:30", "k": None,
    }  # fmt: skip


@given(st.recursive(st.text() | st.integers(-(10**18), 10**18) | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8))
def test_what_is_written_as_yaml_is_read_back(value):
    text = yaml_of({"key": value})
    assert yaml.read(text) == {"key": value}
    assert not [c for c in text[:-1] if is_hidden(c)]


def test_another_reader_of_yaml_reads_the_same():
    import yaml as pyyaml

    value = {"a": ["no", "1", "2020-01-01", "null", "é\u2028\U0001f600\U000e0041\ufeff\x85"], "b": {"c": None, "d": True}}
    assert pyyaml.safe_load(yaml_of(value)) == value


@needs_data
def test_naughty_strings_come_back_as_they_were():
    naughty = [one for one in (SHARED / "blns" / "blns.txt").read_text().split("\n") if one]
    card = Card.of_tables({
        "card_version": 1,
        "identity": {"title": naughty[0], "description": "\n".join(naughty), "task": naughty, "use": {"biases": naughty[-1], "terms": naughty}},
        "processing": {"splits": {one: {"rows": 1} for one in naughty}},
    })  # fmt: skip
    assert again(card) == (card, [])
    assert not [c for c in hf.readme(card).decode() if c != "\n" and is_hidden(c)]


@pytest.mark.parametrize("content", [b"---\na: 1\n", b"---\n---\n", b"----\na: 1\n---\n", b"---\n- a\n---\n", b"---\n\xff\n---\n"])
def test_what_is_no_readme_of_the_hub_is_refused(tmp_path, content):
    from datastd.errors import UsageError

    (tmp_path / "README.md").write_bytes(content)
    with pytest.raises(UsageError, match=r"README\.md: expected a card in Croissant or of Hugging Face"):
        adopt(tmp_path / "README.md")


def test_without_its_library_it_says_what_is_missing(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(NotInstalled, match=r"expected PyYAML, to read YAML, found none; pip install 'datastd\[exchange\]'"):
        yaml.read("a: 1")
