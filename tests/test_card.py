"""The card holds types and closes keys; what it says is data, however it is written."""

import contextlib
import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd import card
from datastd.card import Card, read, written
from datastd.card.fields import places
from datastd.digest import canonical

WHOLE = b"""
card_version = 1

[identity]
name = "strips"
version = "1.2.0"
status = "active"
license = "CC-BY-4.0"
created = 2024-02-29
languages = ["en", "de-CH"]

[[identity.parties]]
name = "A. Weaver"
role = "creator"
contact = "weaver@example.org"

[identity.use]
codes = ["ai-pre-training"]

[[collection.sources]]
id = "loom"
method = "sensor"
uri = "file:///srv/loom"
personal_data = "no"
rows = 30

[collection.sources.crawler]
name = "none"

[[processing.steps]]
id = "cut"
op = "filter"
rows_in = 30
rows_out = 28
removed = { short = 2 }
expected_removed = [0, 0.1]
started = 2024-02-29T10:00:00Z
actor = "A. Weaver"

[processing.splits.train]
rows = 28

[storage]
access = "green"
region = "CH"

[x.mill]
anything = { at = ["all"] }
"""


def test_a_whole_card_is_read():
    found = read(WHOLE)
    assert found.identity.created == dt.date(2024, 2, 29)
    assert found.identity.languages == ("en", "de-CH")
    assert found.processing.splits["train"].rows == 28
    assert found.processing.steps[0].removed == {"short": 2}
    assert found.processing.steps[0].expected_removed == (0, 0.1)
    assert found.x["mill"]["anything"] == {"at": ["all"]}
    with pytest.raises(TypeError):
        found.processing.splits["train"] = None


def test_a_card_of_nothing_is_a_card():
    assert read(b"card_version = 1") == Card(card_version=1)


@pytest.mark.parametrize(("content", "says"), [
    (b"", "card_version: Field required"),
    (b"card_version = 2", "card_version: Input should be 1"),
    (b"card_version = 1\nname = 'x'", "name: Extra inputs are not permitted"),
    (b"card_version = 1\n[identity]\nlicence = 'MIT'", "identity.licence: Extra inputs are not permitted"),
    (b"card_version = 1\n[identity]\nname = 3", "identity.name: Input should be a valid string"),
    (b"card_version = 1\n[identity]\nname = 'a'\nname = 'b'", "Cannot overwrite a value"),
    (b"card_version = 1\n[identity]\nstatus = 'alive'", "identity.status: Input should be 'active'"),
    (b"card_version = 1\n[identity]\ncreated = 'today'", "identity.created: Input should be a valid date"),
    (b"card_version = 1\n[[collection.sources]]\nrows = -1", "collection.sources.0.rows: Input should be greater"),
    (b"card_version = 1\n[[collection.sources]]\nrows = 1.5", "collection.sources.0.rows: Input should be a valid integer"),
    (b"card_version = 1\n[collection.sources]\nid = 'a'", "collection.sources: Input should be a valid array"),
    (b"card_version = 1\n[[processing.dedup]]\nthreshold = nan", "Out of range float values"),
    (b"card_version = 1\n[x]\na = 1", "x.a: Input should be a"),
    (b"\xff", "can't decode byte 0xff"),
    (b"card_version = 1 # " + b"x" * card.LONGEST, "line 1: expected at most 8192 bytes, found"),
    (b"\n" * (card.MOST + 1), "expected at most 262144 bytes, found 262145"),
    (b"card_version = 1\n[x.a]\n" + b".".join([b"a"] * 7) + b" = 1", "at most 8 deep, found more"),
    (b"card_version = 1\n[x.a]\nb = " + b"[" * 3000 + b"]" * 3000, "nested too deep"),
])  # fmt: skip
def test_what_is_no_card_says_why(content, says):
    with pytest.raises(ValueError, match=r".*") as found:
        read(content)
    assert says in str(found.value)


def test_the_limits_are_those_that_just_hold():
    assert read(b"card_version = 1 #" + b"x" * (card.LONGEST - 18))
    assert read(b"card_version = 1\n" + b"#\n" * ((card.MOST - 17) // 2))
    assert read(b"card_version = 1\n[x.a]\n" + b".".join([b"a"] * 6) + b" = 1")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_card_or_a_reason(content):
    with contextlib.suppress(ValueError):
        assert isinstance(read(b"card_version = 1\n" + content), Card)


def test_each_field_says_what_it_means_and_where_it_is_called_what():
    known = [*places()]
    assert len(known) > 150
    assert len({one.path for one in known}) == len(known)
    assert all(one.meaning.endswith(".") for one in known)
    by_path = {one.path: one for one in known}
    assert by_path["identity.license"].terms.croissant == "license"
    assert by_path["collection.sources[].rows"].terms.unit == "records"
    assert "amber" in by_path["storage.access"].choices
    assert by_path["processing.splits{}.rows"].terms.hf == "num_examples"


def test_the_paths_are_those_of_the_model():
    """A card with a value at each path loads: no path is made up."""
    for one in places():
        *above, last = one.path.replace("{}", ".key").split(".")
        if last in {"x", "card_version"} or last.endswith("[]"):
            continue
        table = {}
        here = table
        for part in above:
            step = {}
            here[part.removesuffix("[]")] = [step] if part.endswith("[]") else step
            here = step
        here[last] = object
        with pytest.raises(Exception, match=r".*") as found:  # another type, and a known key
            Card.of_tables({"card_version": 1, **table})
        assert "Extra inputs" not in str(found.value), one.path


def test_the_public_view_leaves_out_what_is_private_and_nothing_else():
    found = read(WHOLE)
    public = found.public
    assert public.identity.parties[0].contact is None
    assert public.collection.sources[0].uri is None
    assert public.processing.steps[0].actor is None
    assert public.storage.region is None
    assert public.x == {}
    kept = found.model_dump(exclude={"x": True, "storage": {"region"}, "identity": {"parties"}, "collection": True, "processing": {"steps"}})
    assert public.model_dump(include=None) | {} == public.public.model_dump()
    for part, value in kept.items():
        if isinstance(value, dict):
            shown = getattr(public, part).model_dump()
            assert {name: shown[name] for name in value} == value
    assert b"weaver@" not in canonical(public.model_dump(mode="json"))
    assert tomllib.loads(WHOLE.decode())["identity"]["name"] == public.identity.name


def test_tables_written_anew_have_no_line_that_is_too_long():
    long = "a text 'of' \"many\" words \\ and " * 400
    tables = {"card_version": 1, "identity": {"description": long}, "x": {"org": {"list": [long[:900]] * 20}}}
    text = written.whole(tables)
    assert tomllib.loads(text) == tables
    assert read(text.encode()).identity.description == long
