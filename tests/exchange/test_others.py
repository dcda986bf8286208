"""SPDX, OpenLineage and the EU's summary are what their own judges take, whatever the card says."""

import itertools
import json

import pytest
from card_cases import WHOLE, cards, write
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import SHARED, needs_data

from datastd.card import Card, read
from datastd.digest import Manifest, strict_json
from datastd.errors import DataChanged
from datastd.exchange import eu, export, openlineage, spdx
from datastd.exchange.parcel import parcel
from datastd.exchange.spelling import markdown
from datastd.quiet import is_hidden

PUBLISHED = SHARED.parent / "published"
needs_published = pytest.mark.skipif(not PUBLISHED.is_dir(), reason=f"published schemas expected at {PUBLISHED}")


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("held")
    data = write(folder / "data", train_jsonl='{"text": "a"}\n', **{"a b_md": "x"})
    with parcel(data, folder, private=True) as one:
        yield one


def of(held, card):
    """The parcel with another card."""
    from dataclasses import replace

    return replace(held, card=card, notes=[])


def judged(document):
    """What SHACL says of a document of SPDX, by the model that its project publishes."""
    rdflib = pytest.importorskip("rdflib")
    pyshacl = pytest.importorskip("pyshacl")
    context = json.loads((PUBLISHED / "spdx-3-context.jsonld").read_text())["@context"]
    graph = rdflib.Graph().parse(data=json.dumps({**document, "@context": context}), format="json-ld")
    holds, _, text = pyshacl.validate(graph, shacl_graph=MODEL(), ont_graph=MODEL())
    return holds, text


def MODEL(known=[]):
    import rdflib

    if not known:
        known.append(rdflib.Graph().parse(PUBLISHED / "spdx-3-model.ttl"))
    return known[0]


@needs_published
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=4)
@given(cards())
@example(read(WHOLE.encode()))
@example(Card(card_version=1))
def test_any_card_is_valid_spdx(held, card):
    holds, text = judged(strict_json(spdx.write(of(held, card))))
    assert holds, text


@needs_published
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("spoil", [
    lambda package: package.update(dataset_datasetType=["cloth"]),
    lambda package: package.pop("dataset_datasetType"),
    lambda package: package.update(builtTime="2024-02-29"),
    lambda package: package.pop("creationInfo"),
    lambda package: package.update(dataset_confidentialityLevel="blue"),
])  # fmt: skip
def test_the_judge_sees_what_is_wrong(held, spoil):
    document = strict_json(spdx.write(of(held, read(WHOLE.encode()))))
    spoil(next(one for one in document["@graph"] if one["type"] == "dataset_DatasetPackage"))
    assert not judged(document)[0]


def test_spdx_names_each_file_with_its_digest(held):
    import hashlib

    found = strict_json(spdx.write(held))["@graph"]
    files = {one["name"]: one["verifiedUsing"][0]["hashValue"] for one in found if one["type"] == "software_File"}
    root = held.source.tree.root
    assert files == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in root.iterdir()}
    (package,) = (one for one in found if one["type"] == "dataset_DatasetPackage")
    assert package["verifiedUsing"][0]["hashValue"] == held.digest
    assert package["dataset_datasetSize"] == sum(path.stat().st_size for path in root.iterdir())
    assert (package["builtTime"], package["dataset_hasSensitivePersonalInformation"]) == ("2024-02-29T00:00:00Z", "no")
    assert package["dataset_dataPreprocessing"] == ["filter"]
    relations = {one["relationshipType"]: (one["from"], one["to"]) for one in found if one["type"] == "Relationship"}
    whole = package["spdxId"]
    assert relations["contains"] == (whole, [one["spdxId"] for one in found if one["type"] == "software_File"])
    (licence,) = (one for one in found if one["type"] == "simplelicensing_LicenseExpression")
    assert relations["hasDeclaredLicense"] == (whole, [licence["spdxId"]])
    assert package["originatedBy"] == [one["spdxId"] for one in found if one["type"] == "Agent"]
    assert licence["simplelicensing_licenseExpression"] == "CC-BY-4.0"


@pytest.mark.parametrize(("stated", "said"), [
    (["no", "yes"], "yes"), (["no", "noAssertion"], "noAssertion"), (["no", "no"], "no"), ([], None),
])  # fmt: skip
def test_one_source_with_personal_data_is_enough(held, stated, said):
    sources = [{"personal_data": one} for one in stated]
    card = Card.of_tables({"card_version": 1, "collection": {"sources": sources}})
    found = strict_json(spdx.write(of(held, card)))["@graph"]
    (package,) = (one for one in found if one["type"] == "dataset_DatasetPackage")
    assert package.get("dataset_hasSensitivePersonalInformation") == said


def test_what_spdx_has_no_word_for_is_a_note(held):
    card = Card.of_tables({"card_version": 1, "identity": {"license": "mine", "url": "no url"}, "storage": {"availability": "internal"}})
    one = of(held, card)
    spdx.write(one)
    assert {note.partition(":")[0] for note in one.notes[1:]} >= {
        "SPDX has no place for a URL that is none", "SPDX has no word for storage.availability internal",
        "SPDX has no place for a licence that is no expression of its own",
    }  # fmt: skip


@pytest.fixture(scope="module")
def schemas():
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    known = [json.loads(path.read_text()) for path in (PUBLISHED / "openlineage").glob("*.json")]
    registry = referencing.Registry().with_resources([(one["$id"], referencing.Resource.from_contents(one)) for one in known])

    def judge(value):
        if isinstance(value, dict):
            for schema in (value.get("schemaURL"), value.get("_schemaURL")):
                if schema:
                    jsonschema.Draft202012Validator({"$ref": schema}, registry=registry, format_checker=jsonschema.FormatChecker()).validate(value)
            for one in value.values():
                judge(one)
        elif isinstance(value, list):
            for one in value:
                judge(one)

    return judge


@needs_published
@given(cards())
@example(read(WHOLE.encode()))
def test_any_card_gives_valid_events(held, schemas, card):
    one = of(held, card)
    events = [strict_json(line) for line in openlineage.write(one).splitlines()]
    for event in events:
        schemas(event)
    times = [time for step in card.processing.steps for time in (step.started, step.ended)]
    assert len(events) == sum(time is not None for time in times)
    assert sum(note.startswith("no event") for note in one.notes) == sum(time is None for time in times)


@needs_published
@pytest.mark.parametrize("spoil", [
    lambda event: event.pop("eventTime"), lambda event: event["run"].update(runId=3),
    lambda event: event["outputs"][0]["outputFacets"]["outputStatistics"].update(rowCount="many"),
])  # fmt: skip
def test_the_judge_of_events_sees_what_is_wrong(held, schemas, spoil):
    event = strict_json(openlineage.write(held).splitlines()[1])
    spoil(event)
    with pytest.raises(Exception, match=r"is a required property|is not of type"):
        schemas(event)


def test_a_step_begins_and_ends_a_run(held):
    begin, end = (strict_json(line) for line in openlineage.write(held).splitlines())
    assert (begin["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert begin["run"]["runId"] == end["run"]["runId"]
    assert (end["job"]["name"], end["job"]["facets"]["jobType"]["jobType"]) == ("cut", "filter")
    assert end["inputs"][0]["name"] == "loom"
    assert end["inputs"][0]["inputFacets"]["inputStatistics"]["rowCount"] == 30
    assert end["outputs"][0]["outputFacets"]["outputStatistics"] | {"rowCount": 28, "size": 280} == end["outputs"][0]["outputFacets"]["outputStatistics"]
    assert end["outputs"][0]["facets"]["version"]["datasetVersion"] == held.digest


def test_a_step_that_names_no_input_read_the_one_before(held):
    at = {"started": "2024-01-01T00:00:00", "ended": "2024-01-01T00:00:01"}
    steps = [{"id": "a", "rows_out": 5, **at}, {"rows_in": 5, **at}, {"id": "c", "inputs": ["a", "loom"], "rows_in": 9, **at}]
    card = Card.of_tables({"card_version": 1, "collection": {"sources": [{"id": "loom", "rows": 4}]}, "processing": {"steps": steps}})
    one = of(held, card)
    ends = [strict_json(line) for line in openlineage.write(one).splitlines()][1::2]
    read_ = [{each["name"]: each["inputFacets"].get("inputStatistics", {}).get("rowCount") for each in end["inputs"]} for end in ends]
    assert read_ == [{"loom": None}, {"a": 5}, {"a": 5, "loom": 4}]
    assert [end["eventTime"] for end in ends] == ["2024-01-01T00:00:01Z"] * 3
    assert sum(note.startswith("taken as UTC") for note in one.notes) == 6


def cells(text):
    """The tables of a Markdown document, as a reader of it shows them."""
    MarkdownIt = pytest.importorskip("markdown_it").MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows, row = [], []
    for token, after in itertools.pairwise(tokens):
        if token.type in {"td_open", "th_open"}:
            row.append("".join(child.content for child in after.children))
        elif token.type == "tr_close":
            rows.append(tuple(row))
            row = []
    return [one for one in rows if one != ("asked", "said")], tokens


@given(cards())
@example(read(WHOLE.encode()))
@example(Card(card_version=1))
def test_every_row_of_the_summary_is_filled_or_missing(held, card):
    one = of(held, card)
    rows = [*eu.summary(one)]
    shown, _ = cells(eu.write(one).decode())
    assert {row.section for row in rows} == {*eu.SECTIONS}
    assert len(shown) == len(rows) == 52
    for row, (label, said) in zip(rows, shown, strict=True):
        assert label.startswith(row.label)
        assert said.startswith(eu.MISSING) if not row.said else not said.startswith(f"{eu.MISSING}: ")
    missing = [row for row in rows if not row.said and not row.is_optional]
    assert all(f"{row.section} {row.label}" in one.notes[0] for row in missing)


def said(held, card):
    return {(row.section, row.label): row.said for row in eu.summary(of(held, card))}


def test_sources_stand_in_the_section_of_how_they_were_got(held):
    methods = {"download": "2.1", "derived": "2.1", "licensed": "2.2.1", "crawl": "2.3", "user": "2.4", "synthetic": "2.5", "human": "2.6"}
    for method, section in methods.items():
        card = Card.of_tables({"card_version": 1, "collection": {"sources": [{"id": "a", "method": method}]}})
        yes = {where for (where, label), value in said(held, card).items() if value == "Yes"}
        no = {where for (where, label), value in said(held, card).items() if value == "No"}
        assert yes == ({section} if section != "2.4" else set())  # of users of which product, nobody says
        assert no == {"2.1", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6"} - {section}


def test_where_a_source_does_not_say_how_it_was_got_nothing_is_denied(held):
    for sources in ([], [{"id": "a"}]):
        card = Card.of_tables({"card_version": 1, "collection": {"sources": sources}})
        assert not {"Yes", "No", "Not applicable"} & {*said(held, card).values()}


def test_a_crawl_says_what_the_template_asks(tmp_path):
    import hashlib

    domains = "".join(f"d{n}.org\t{1000 - n}\t5\n" for n in range(25))
    crawl = f"""
card_version = 1
[identity]
modality = ["text"]
[[collection.sources]]
id = "web"
method = "crawl"
retrieved_from = 2024-01-01
retrieved_to = 2024-03-31
domains_file = "_meta/domains.tsv"
domains_sha256 = "{hashlib.sha256(domains.encode()).hexdigest()}"
crawler = {{ name = "walker 2", agent = "walk/2", robots = "obeyed" }}
opt_out = [{{ protocol = "robots", checked = 2024-01-01, removed = 7 }}]
"""
    data = write(tmp_path / "data", crawl, train_jsonl='{"text": "a"}\n')
    (data / "_meta").mkdir()
    (data / "_meta" / "domains.tsv").write_text(domains)
    with parcel(data, tmp_path, private=False) as one:
        rows = {row.label: row.said for row in eu.summary(one) if row.section in {"2.3", "3.1", "1.3"}}
    assert rows["Crawler names or identifiers"] == "walker 2; walk/2"
    assert rows["General description of crawler behaviour"] == "robots.txt: obeyed"
    assert rows["Period of data collection"] == "web: 01/2024 to 03/2024"
    assert rows["Summary of the most relevant domain names crawled"] == "3 of 25 domains, by bytes: d0.org, d1.org, d2.org"
    assert rows["Measures implemented to respect reservations of rights"] == "web: robots, read on 2024-01-01, 7 records removed"
    assert rows["Latest date of data acquisition or collection"] == "03/2024"
    (data / "_meta" / "domains.tsv").write_text(domains + "x\t1\t1\n")
    with parcel(data, tmp_path, private=False) as one:
        other = {row.label: row.said for row in eu.summary(one)}
    assert other["Summary of the most relevant domain names crawled"] == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp"]), max_size=20) | st.sampled_from(["- a", "1. a", "1) a", "# a", "a  b", " a", "a ", "http://x.org", "www.x.org", "a@b.org", "[a](b)", "![", "<b>", "|", "&amp;", "```", "a_b_", "*a*", "\\", "~~a~~", "---", "===", "> a", "@a", "#1"]))
def test_text_is_nothing_but_text_in_markdown(text):
    MarkdownIt = pytest.importorskip("markdown_it").MarkdownIt

    reader = MarkdownIt("commonmark").enable("table")
    shown = markdown(text)
    tokens = reader.parse(shown)
    if not text:
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children} <= {"text", "text_special"}
    assert "".join(child.content for child in tokens[1].children) == text
    assert shown.isascii() or not [c for c in shown if is_hidden(c)]


@needs_data
def test_naughty_strings_are_text_and_no_more(held):
    naughty = [one for one in (SHARED / "blns" / "blns.txt").read_text().split("\n") if one]
    sources = [{"id": one, "method": "human", "description": one} for one in naughty]
    card = Card.of_tables({"card_version": 1, "identity": {"title": naughty[5], "description": "\n".join(naughty)}, "collection": {"sources": sources}})
    text = eu.write(of(held, card)).decode()
    assert not [c for c in text if c != "\n" and is_hidden(c)]
    shown, tokens = cells(text)
    assert len(shown) == 52
    assert not [token for token in tokens if token.type.startswith("html")]
    assert {child.type for token in tokens if token.children for child in token.children} <= {"text", "text_special", "strong_open", "strong_close"}
    document = spdx.write(of(held, card))
    assert not [c for c in document.decode() if c != "\n" and is_hidden(c)]
    assert "\n".join(naughty) in [one.get("summary") for one in strict_json(document)["@graph"]]


@needs_data
def test_naughty_steps_are_events_of_these_names(held):
    naughty = [one for one in (SHARED / "blns" / "blns.txt").read_text().split("\n") if one]
    steps = [{"id": one, "tool": one, "tool_version": one, "inputs": [one], "ended": "2024-01-01T00:00:00Z"} for one in naughty]
    lines = openlineage.write(of(held, Card.of_tables({"card_version": 1, "processing": {"steps": steps}}))).decode()
    assert not [c for c in lines if c != "\n" and is_hidden(c)]
    events = [strict_json(line.encode()) for line in lines.split("\n")[:-1]]
    assert [event["job"]["name"] for event in events] == naughty
    assert [event["run"]["facets"]["processing_engine"]["version"] for event in events] == naughty
    assert [event["inputs"][0]["name"] for event in events] == naughty


def test_the_same_dataset_gives_the_same_description(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    for to in ("croissant", "hf", "eu", "openlineage"):
        export(data, to, tmp_path / "a")
        export(data, to, tmp_path / "b")
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_data_that_change_meanwhile_are_not_described(tmp_path):
    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    with pytest.raises(DataChanged), parcel(data, tmp_path, private=False):
        (data / "train.jsonl").write_text('{"text": "b"}\n')


def test_the_file_of_the_manifest_is_a_file_too(tmp_path):
    import hashlib

    data = write(tmp_path / "data", train_jsonl='{"text": "a"}\n')
    (data / "manifest-sha256.txt").write_bytes(b"of old\n")
    with parcel(data, tmp_path, private=False) as one:
        found = {file.path: (file.sha256, file.bytes) for file in one.files}
        assert one.digest == Manifest(tuple((path, sha) for path, (sha, _) in found.items() if path != "manifest-sha256.txt")).digest
    assert found["manifest-sha256.txt"] == (hashlib.sha256(b"of old\n").hexdigest(), 7)
