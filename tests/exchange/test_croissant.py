"""A card in Croissant says what the card says, and comes back as it was."""

import json
import re

import pytest
from card_cases import SECRETS, WHOLE, cards, full, write
from hypothesis import example, given
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.card import Card, read
from datastd.card.fields import places
from datastd.card.written import whole as toml
from datastd.describing import publish_manifest
from datastd.digest import strict_json
from datastd.exchange import adopt, croissant, export
from datastd.exchange.objects import identifier, name_of, values
from datastd.exchange.shapes import RAI, fields, shape
from datastd.exchange.spelling import json_of
from datastd.exchange.walk import stated
from datastd.quiet import is_hidden

PUBLISHED = SHARED.parent / "published"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason=f"published schemas expected at {PUBLISHED}")


def about(card):
    """The document of a card alone."""
    return json_of(croissant._about(card))


def again(card):
    tables, left = croissant.read(about(card))
    return Card.of_tables({"card_version": 1, **tables}), left.said


def held(card):
    """What of a card Croissant has room for: each value by its path."""
    found = {}
    _held(card, shape(), "", found)
    order = {"creator": 0, "publisher": 1}
    found["parties"] = sorted(card.identity.parties, key=lambda one: order.get(one.role, 2))
    found["splits"] = {name: (one.rows, one.purpose) for name, one in card.processing.splits.items()}
    found["classes"] = card.processing.labels.names if card.processing.labels else ()
    return found


def _held(model, form, where, found):
    for key, slots in form.slots.items():
        for slot in slots:
            found[f"{where}{key} {slot.path}"] = [*values(model, slot.path)]
    for one in form.inner:
        inner = [model for each in values(model, one.path) for model in (each if isinstance(each, tuple) else (each,))]
        for number, each in enumerate(inner):
            _held(each, one.shape, f"{where}{one.key}[{number}].", found)


@given(cards())
@example(read(WHOLE.encode()))
def test_what_both_sides_have_comes_back_as_it_was(card):
    found, left = again(card)
    assert left == []
    assert held(found) == held(card)


def test_a_whole_card_holds_something_of_every_kind():
    """The law above is of something: the card that it begins with fills most properties."""
    filled = {key for key, said in held(read(WHOLE.encode())).items() if said}
    assert len(filled) > 35


@given(st.text(max_size=8))
def test_an_identifier_is_a_name_and_back(name):
    named = identifier(name)
    assert name_of(f"#{named}") == name
    assert named.isascii()
    assert not {*named} & {*" %/#?\\\"<>"}


def test_what_others_call_a_thing_stays_what_it_is():
    assert name_of("file/a%20b~1") == "file/a%20b~1"


def test_the_whole_card_is_said(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    export(data, "croissant", tmp_path / "x.json", private=True)
    said = strict_json((tmp_path / "x.json").read_bytes())
    assert said["conformsTo"] == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    assert (said["name"], said["version"], said["datePublished"]) == ("strips", "1.2.0", "2024-03-01")
    assert said["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert said["creator"] == [{"@type": "sc:Organization", "name": "A. Weaver", "email": "weaver@example.org"}]
    assert said["rai:dataBiases"] == "Mostly linen."
    assert said["rai:dataLimitations"] == ["out of scope: Dyeing.", "known limits: No silk."]
    assert said["rai:dataCollection"] == "A loom."
    assert said["rai:dataCollectionTimeframe"] == "2024-01-01/2024-01-31"
    (loom,) = said["prov:wasDerivedFrom"]
    assert (loom["@id"], loom["temporalCoverage"], loom["contentSize"]) == ("#loom", "2023-01-01/..", "300 B")
    assert said["prov:wasGeneratedBy"][0]["prov:used"] == ["loom"]


@pytest.mark.parametrize("more", [{"schema:name": "b"}, {"https://schema.org/name": "b"}])
def test_a_property_under_two_names_is_refused(more):
    with pytest.raises(ValueError, match="a property stands twice, under two names"):
        croissant.read(json.dumps({"@type": "sc:Dataset", "name": "a", **more}).encode())


@pytest.mark.parametrize("rows", [[{"~splits/name": 3}], [{}], [3], [{"~splits/name": "a", "~splits/rows": -1}], {"a": 1}, [{"~splits/name": "a"}, {"~splits/name": "a"}]])
def test_splits_that_are_none_are_left(rows):
    given_ = {"@type": "sc:Dataset", "recordSet": {"@id": "~splits", "dataType": "cr:Split", "data": rows}}
    tables, left = croissant.read(json.dumps(given_).encode())
    assert (tables, len(left.said)) == ({}, 1)


def test_two_sources_are_told_apart():
    card = read(WHOLE.encode() + b'[[collection.sources]]\nid = "b c"\ndescription = "Another."\n')
    said = croissant._about(card)
    assert said["rai:dataCollection"] == "loom: A loom.\nb c: Another."


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("to", ["croissant", "hf", "spdx", "openlineage"])
def test_whatever_is_not_said_is_listed(tmp_path, to, private):
    data = write(tmp_path / "data", toml(full()), train_jsonl='{"text": "a"}\n')
    done = export(data, to, tmp_path / "x", private=private)
    text, listed = (tmp_path / "x").read_text(), {one for note in done.notes for one in re.split(r"[ ,]+", note)}
    stated_ = [*stated(Card.of_tables(full()))]
    assert len({path for path, _, _ in stated_}) > 150
    lost = [path for path, _, value in stated_ if _spelled(value) not in text.lower() and path not in listed]
    # Sizes and the format are those of the data, whatever the card says; code is listed by its step, and the source is none that a step reads.
    known = {"spdx": {"storage.bytes", "collection.sources[].bytes"}}.get(to, set())
    known |= {"storage.format", "processing.steps[].code", "collection.sources[].id", "collection.sources[].rows"} if to == "openlineage" else set()
    assert {*lost} <= known


def _spelled(value):
    said = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return said.removesuffix("+00:00").lower()


def test_a_manifest_that_is_there_is_in_the_distribution_and_one_that_is_not_is_listed(tmp_path):
    data = write(tmp_path / "data", 'card_version = 1\n[storage]\nmanifest = "manifest-sha256.txt"\n', train_jsonl='{"text": "a"}\n')
    assert any("storage.manifest" in one for one in export(data, "croissant", tmp_path / "x.json").notes)
    publish_manifest(data)
    assert not any("storage.manifest" in one for one in export(data, "croissant", tmp_path / "y.json").notes)
    assert '"manifest-sha256.txt"' in (tmp_path / "y.json").read_text()


@pytest.mark.parametrize("to", ["croissant", "rai", "hf", "spdx", "eu", "openlineage"])
def test_what_is_private_leaves_when_it_is_asked_to(tmp_path, to):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    export(data, to, tmp_path / "public")
    shown = (tmp_path / "public").read_text()
    assert [one for one in SECRETS if one in shown] == []
    export(data, to, tmp_path / "private", private=True)
    hidden = {"croissant": SECRETS, "rai": SECRETS, "hf": SECRETS[1:2], "spdx": SECRETS[:1], "eu": (), "openlineage": ()}
    assert [one for one in hidden[to] if one not in (tmp_path / "private").read_text()] == []


def test_a_card_that_says_little_leaves_with_a_note(tmp_path):
    data = write(tmp_path / "data", "card_version = 1\n", train_jsonl='{"text": "a"}\n')
    done = export(data, "croissant", tmp_path / "x.json")
    asked = "identity.name, identity.description, identity.license, identity.url, identity.parties, identity.published"
    assert done.notes == (f"Croissant asks for what the card does not state: {asked}",)


@needs_published
def test_every_term_of_rai_is_in_its_vocabulary():
    known = (PUBLISHED / "croissant_rai.ttl").read_text()
    terms = {one.terms.rai for one in places() if one.terms.rai}
    assert len(terms) > 10
    assert [term for term in terms if f"rai:{term} a rdf:Property" not in known] == []


@needs_published
def test_every_term_of_croissant_is_in_its_vocabulary(tmp_path):
    known = (PUBLISHED / "croissant.ttl").read_text()
    used = {key: to for key, to in croissant.CONTEXT.items() if isinstance(to, str) and to.startswith("cr:")}
    later = {"path", "isArray", "samplingRate", "replace"}  # of 1.0 and 1.1, and not in the file
    assert [one for key, one in used.items() if f"croissant:{one[3:]} a " not in known and key not in later] == []


def test_no_term_of_the_card_is_lost():
    """Each field with a term of Croissant or RAI stands somewhere, but those of a whole table."""
    tables = {one.path for one in places() if any(other.path.startswith(f"{one.path}.") for other in places())}
    asked = {one.path for one in places() if one.terms.croissant or one.terms.rai}
    assert asked - {*fields()} - croissant._BY_HAND - tables == {"storage.shards.pattern", croissant._MANIFEST}


def test_a_note_names_what_croissant_has_no_field_for(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    note, private = export(data, "croissant", tmp_path / "x.json").notes
    assert note.startswith("Croissant has no place for collection.sources[].rows, processing.steps[].tool_version, ")
    assert "identity" not in note
    assert private == ("private, and written with --private alone: identity.parties[].contact, collection.sources[].uri, "
                       "processing.steps[].params, processing.steps[].actor, storage.region")  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@given(cards())
@example(read(WHOLE.encode()))
def test_its_own_library_takes_any_card(card):
    mlcroissant = pytest.importorskip("mlcroissant")
    named = {**croissant._about(card), "name": "x"}
    dataset = mlcroissant.Dataset(json.loads(json.dumps(named)))
    assert not dataset.metadata.ctx.issues.errors
    if card.identity.description:
        assert dataset.metadata.description == card.identity.description


@needs_data
def test_naughty_strings_come_back_as_they_were():
    naughty = [one for one in (SHARED / "blns" / "blns.txt").read_text().split("\n") if one]
    assert len(naughty) > 500
    for at in range(0, len(naughty), 50):
        some = naughty[at : at + 50]
        card = Card.of_tables({
            "card_version": 1,
            "identity": {"name": some[0], "description": "\n".join(some), "task": some, "use": {"biases": some[-1], "known_limits": some[1]}},
            "collection": {"sources": [{"id": one, "description": one, "attribution": one} for one in some]},
        })  # fmt: skip
        content = about(card)
        assert not [c for c in content.decode() if c != "\n" and is_hidden(c)]
        assert again(card) == (card, [])


def test_a_file_that_was_exported_is_adopted(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    export(data, "croissant", tmp_path / "x.json", private=True)
    done = adopt(tmp_path / "x.json")
    assert held(done.card) == held(read(WHOLE.encode()))
    assert done.left == ("distribution: files are what a manifest is about", "recordSet[train]: records are what the data show")


FOREIGN = {
    "@context": {"@vocab": "https://schema.org/"}, "@type": "sc:Dataset", "name": {"en": "Cloth"},
    "description": "d", "license": "https://creativecommons.org/licenses/by-sa/4.0/", "url": "https://x.org",
    "creator": {"@type": "Person", "name": "A", "email": "a@x.org", "affiliation": "B"}, "publisher": "P",
    "keywords": ["k"], "inLanguage": {"@type": "Language", "name": "English", "alternateName": "en"},
    "rai:dataLimitations": "Much.", "rai:dataCollection": "By hand.", "rai:dataCollectionType": "Web Scraping",
    "rai:dataReleaseMaintenancePlan": "None.", "rai:dataSocialImpact": "Small.", "sc:version": "1.0", "isLiveDataset": True,
    "contentSize": "9 MB",
}  # fmt: skip


def test_a_card_of_others_is_taken_as_far_as_it_goes():
    tables, left = croissant.read(json.dumps(FOREIGN).encode())
    card = Card.of_tables({"card_version": 1, **tables})
    assert (card.identity.name, card.identity.license, card.identity.version) == ("Cloth", "CC-BY-SA-4.0", "1.0")
    assert [(one.name, one.role, one.contact) for one in card.identity.parties] == [("A", "creator", "a@x.org"), ("P", "publisher", None)]
    assert card.identity.use.known_limits == "Much."
    assert card.collection.sources[0].description == "By hand."
    where = {one.partition(":")[0] if not one.startswith(RAI) else ":".join(one.split(":")[:2]) for one in left.said}
    assert where == {"creator[0].affiliation", "inLanguage", "rai:dataCollectionType", "rai:dataReleaseMaintenancePlan",
                     "rai:dataSocialImpact", "isLiveDataset", "contentSize"}  # fmt: skip


@pytest.mark.parametrize(("key", "value", "taken"), [
    ("url", ["a", "b"], "a"), ("description", {"en": "a", "fr": "b"}, None), ("description", {"@value": "a", "@language": "en"}, "a"),
    ("rai:dataBiases", ["a", "b"], "a\nb"), ("rai:dataLimitations", ["known limits: a", "b"], "a\nb"),
    ("license", ["MIT", "BSD-3-Clause"], None), ("license", {"@type": "CreativeWork", "name": "MIT"}, "MIT"),
    ("license", {"@id": "https://spdx.org/licenses/MIT"}, "MIT"), ("license", "https://example.org/mine", None),
    ("datePublished", "2024", None), ("datePublished", "2024-01-02", "2024-01-02"), ("identifier", "no uuid", None),
    ("contentSize", "12", "12"), ("contentSize", 12, "12"), ("contentSize", "1.5 B", None), ("keywords", [["a"]], None), ("name", True, None),
    ("encodingFormat", "text/csv", None), ("encodingFormat", ["format: csv"], "csv"),
])  # fmt: skip
def test_a_value_is_taken_whole_or_said_to_be_left(key, value, taken):
    tables, left = croissant.read(json.dumps({"@type": "sc:Dataset", key: value}).encode())
    card = Card.of_tables({"card_version": 1, **tables})
    (slots,) = (of for name, of in shape().slots.items() if name == key)
    found = [str(one) for slot in slots for one in values(card, slot.path)]
    assert found == ([taken] if taken is not None else [])
    is_whole = taken is not None and key != "url"
    assert (left.said == []) is is_whole


@pytest.mark.parametrize(("said", "first", "last"), [
    ("2020-01-01/2021-02-03", "2020-01-01", "2021-02-03"), ("../2021-02-03", None, "2021-02-03"), ("2020-01-01/..", "2020-01-01", None),
    (["2020-01-01", "2021-02-03"], "2020-01-01", "2021-02-03"), ("2020-01-01T00:00:00/2021-02-03T00:00:00", "2020-01-01", "2021-02-03"),
])  # fmt: skip
def test_a_time_has_a_beginning_and_an_end(said, first, last):
    tables, left = croissant.read(json.dumps({"@type": "sc:Dataset", "rai:dataCollectionTimeframe": said}).encode())
    (source,) = tables["collection"]["sources"]
    assert (source.get("retrieved_from"), source.get("retrieved_to"), left.said) == (first, last, [])


@pytest.mark.parametrize("said", ["2020", "2020/2021", "2020-01-01", "a/b", 5, None, ["2020-01-01"], "2020-01-01/2021-01-01/2022-01-01"])
def test_what_is_no_time_is_left(said):
    tables, left = croissant.read(json.dumps({"@type": "sc:Dataset", "rai:dataCollectionTimeframe": said}).encode())
    assert tables.get("collection", {}).get("sources", [{}])[0].get("retrieved_from") is None
    assert len(left.said) == 1


@pytest.mark.parametrize(("key", "value", "party", "is_whole"), [
    ("creator", "A", ("A", "creator", None), True), ("funder", {"name": "A", "url": "x"}, ("A", "funder", "x"), True),
    ("contributor", {"@type": "Role", "roleName": "weaver", "contributor": "A"}, ("A", None, None), False),
    ("contributor", {"@type": "sc:Role", "roleName": "curator", "contributor": {"name": {"@value": "A"}}}, ("A", "curator", None), True),
    ("creator", 3, (None, "creator", None), False), ("contributor", "A", ("A", None, None), True),
])  # fmt: skip
def test_people_of_others_are_parties(key, value, party, is_whole):
    tables, left = croissant.read(json.dumps({"@type": "sc:Dataset", key: value}).encode())
    (found,) = Card.of_tables({"card_version": 1, **tables}).identity.parties
    assert (found.name, found.role, found.contact) == party
    assert (left.said == []) is is_whole


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["@id", "@type", "name", "license", "url", "data", "email", "prov:used"]) | st.text(max_size=3), inner, max_size=3), max_leaves=6), st.sampled_from([*FOREIGN, "distribution", "recordSet", "prov:wasDerivedFrom", "prov:wasGeneratedBy", "contributor", "temporalCoverage"]))
def test_whatever_stands_under_a_property_is_a_card_or_a_reason(value, key):
    given_ = {**FOREIGN, "@type": "sc:Dataset", "temporalCoverage": "2020-01-01/2021-01-01", key: value}
    if key in {"@type", "distribution"}:
        return
    tables, left = croissant.read(json.dumps(given_).encode())
    assert Card.of_tables({"card_version": 1, **tables})
    assert left.said
