"""Which languages texts are in is heard all over the data, and in nothing that is no text."""

import json
import unicodedata
from pathlib import Path

import coco_files
import pytest
import token_files
from measures.test_languages import ENGLISH, FRENCH, needs_model
from support import write_pictures

import datastd
from datastd.describing import describe
from datastd.engines import heard as hearing
from datastd.engines.heard import heard
from datastd.model import Outcome
from datastd.pipeline import open_source
from datastd.sources import pictures

CARD = """
card_version = 1
[identity]
modality = ["text"]
languages = {languages}
"""
pytestmark = needs_model


def dataset(folder: Path, *files, languages=("en",)):
    folder.mkdir()
    for number, texts in enumerate(files):
        lines = [json.dumps(one if isinstance(one, dict) else {"text": one}) for one in texts]
        (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "datacard.toml").write_text(CARD.format(languages=json.dumps(languages)))
    return folder


def found(folder, name=None):
    with open_source(folder, name) as source:
        return heard(source, source.plan().shards)


def verdict(folder, **asked):
    return datastd.check(folder, "raw-text/1", profile="team", **asked)["N068"]


@pytest.mark.parametrize(
    ("languages", "outcome"),
    [(["en"], Outcome.PASS), (["en-GB"], Outcome.PASS), (["fr"], Outcome.WARN), (["en", "fr"], Outcome.WARN), (["und"], Outcome.PASS)],
)
def test_a_false_language_is_found_where_the_standard_measures_none(languages, outcome, tmp_path):
    assert verdict(dataset(tmp_path / "d", [ENGLISH] * 3, languages=languages)).outcome is outcome


def test_without_the_model_nobody_knows(tmp_path, monkeypatch):
    folder = dataset(tmp_path / "d", [ENGLISH])
    monkeypatch.setattr(hearing, "LID_176", "0" * 64)
    found = verdict(folder)
    assert found.outcome is Outcome.UNKNOWN
    assert "datastd[text]" in found.examples[0].detail


def test_another_language_far_behind_is_heard(tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "MOST", 40)
    folder = dataset(tmp_path / "d", *([ENGLISH] * 30 for _ in range(9)), [FRENCH] * 30)
    heard_ = found(folder)
    assert heard_.texts == 40
    assert heard_.languages == {"en": 36, "fr": 4}
    assert verdict(folder).outcome is Outcome.WARN


def test_of_more_files_than_texts_some_are_heard_from_first_to_last(tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "MOST", 3)
    heard_ = found(dataset(tmp_path / "d", [ENGLISH], [ENGLISH], [FRENCH], [ENGLISH], [FRENCH]))
    assert heard_[:2] == ({"en": 1, "fr": 2}, 3)


@pytest.mark.parametrize("text", ["", "x", "Yes, of course.", "https://example.org/a/long/path", "00000000000000000000000000"])
def test_what_tells_no_language_is_left_out(text, tmp_path):
    assert found(dataset(tmp_path / "d", [text, ENGLISH]))[:2] == ({"en": 1}, 1)


def test_turns_of_people_and_models_are_heard_and_not_what_tools_say(tmp_path):
    turns = [{"role": "user", "content": FRENCH}, {"role": "assistant", "content": FRENCH}, {"role": "tool", "content": ENGLISH}]
    assert found(dataset(tmp_path / "d", [{"messages": turns}]), "chat")[:2] == ({"fr": 2}, 2)


def told(source, *args):
    msg = "a picture was decoded"
    raise AssertionError(msg)


@pytest.mark.parametrize("write", [write_pictures, coco_files.sound])
def test_pictures_are_not_decoded_again(write, tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.setattr(pictures, "_read", told)
    assert found(tmp_path) == ({}, 0, {})


CAPTIONS = {"en": ENGLISH, "fr": FRENCH}


def captioned(folder, *languages, count=6):
    """Pictures, and what is said of them."""
    coco_files.write(folder, coco_files.coco(count))
    coco_files.draw(folder, coco_files.coco(count))
    made = coco_files.captions(count)
    for number, one in enumerate(made["annotations"]):
        one["caption"] = CAPTIONS[languages[number % len(languages)]]
    coco_files.write(folder, made, "annotations/captions_train2017.json")
    return folder


@pytest.mark.parametrize("form", ["coco", "coco:annotations"])
def test_what_is_said_of_pictures_is_heard_and_no_name_of_a_file(form, tmp_path):
    captioned(tmp_path, "en", "fr", "fr")
    assert found(tmp_path, form)[:2] == ({"en": 2, "fr": 4}, 6)


@pytest.mark.parametrize(("said", "outcome"), [(["fr"], Outcome.PASS), (["en"], Outcome.WARN), (["en", "fr"], Outcome.WARN), (["mul", "fr"], Outcome.PASS)])
@pytest.mark.parametrize("form", ["coco", "coco:annotations"])
def test_a_false_language_of_captions_is_found(said, outcome, form, tmp_path):
    captioned(tmp_path, "fr")
    (tmp_path / "datacard.toml").write_text(CARD.format(languages=json.dumps(said)).replace('"text"', '"image"'))
    report = datastd.check(tmp_path, "coco-instances/1", profile="team", format=form)
    assert report["N068"].outcome is outcome


def test_a_card_is_drafted_with_the_languages_of_captions(tmp_path):
    captioned(tmp_path, "fr")
    assert describe(tmp_path).filled["identity.languages"] == ["fr"]


# How texts are written

LINES = ["The king, it is said.\r\nHe went away", "the king was cafe\u0301 and more", "die 7 Koenige von Preussen", "one\ntwo and three of them"]


@pytest.mark.parametrize(("form", "odd"), [("NFC", 1), ("NFD", 0), ("NFKC", 1), ("NFKD", 0)])
def test_forms_of_unicode_are_counted(form, odd, tmp_path):
    with open_source(dataset(tmp_path / "d", LINES, LINES)) as source:
        assert heard(source, source.plan().shards, form, tells=False).written[form] == 2 * odd


def test_what_texts_show_of_how_they_were_made_alike_is_counted(tmp_path):
    with open_source(dataset(tmp_path / "d", LINES)) as source:
        heard_ = heard(source, source.plan().shards, tells=False)
    assert heard_ == (None, 4, {"capitals": 2, "small letters": 4, "digits from 1 on": 1, "lines that end in CRLF": 1, "lines that end in LF": 1})


@pytest.mark.parametrize(("text", "signs"), [
    ("\u10db\u10d4\u10e4\u10d4 \u10d3\u10d0 \u10db\u10d8\u10e1\u10d8 \u10d5\u10d0\u10d6\u10d8\u10e0\u10d8", set()),  # Georgian: small letters, of which none has a capital in use
    ("\u043a\u043e\u0440\u043e\u043b\u044c \u0438 \u043a\u043e\u0440\u043e\u043b\u0435\u0432\u0430", {"small letters"}), ("\u041a \u0438 \u043a\u043e\u0440\u043e\u043b\u0435\u0432\u0430 \u0438", {"capitals", "small letters"}),
    ("\u738b\u306f x \u3068\u8a00\u3063\u305f 0 0 0 \u3068\u8a00\u3063\u305f", set()), ("x x\r\n" * 10, {"lines that end in CRLF"}), ("\n x x x x x x x x x x x", {"lines that end in LF"}),
])  # fmt: skip
def test_scripts_without_capitals_show_none(text, signs, tmp_path):
    with open_source(dataset(tmp_path / "d", [text])) as source:
        assert {name for name, count in heard(source, source.plan().shards, tells=False).written.items() if count} == signs


NORMAL = """
[processing.normalisation]
unicode = "NFC"
line_endings = "lf"
lower_case = {lower}
digits = false
"""


@pytest.mark.parametrize(("lower", "made", "outcome"), [
    ("false", str, Outcome.PASS), ("false", str.lower, Outcome.WARN), ("true", str.lower, Outcome.PASS), ("true", str, Outcome.WARN),
    ("false", lambda text: unicodedata.normalize("NFD", f"caf\u00e9 {text}"), Outcome.WARN), ("false", lambda text: f"{text}\r\n", Outcome.WARN),
])  # fmt: skip
@pytest.mark.parametrize("standard", ["raw-text/1", "text-pretraining/1"])
def test_texts_that_were_folded_and_whose_card_does_not_say_so_are_found(lower, made, outcome, standard, tmp_path):
    """The catalogue's defect: to store lower-cased text without declaring it."""
    folder = dataset(tmp_path / "d", [made(f"{ENGLISH} {n}") for n in range(120)])
    with (folder / "datacard.toml").open("a") as card:
        card.write(NORMAL.format(lower=lower))
    assert datastd.check(folder, standard, profile="team")["N212"].outcome is outcome


@pytest.mark.parametrize(("modality", "form", "codes"), [("image", "image-folder", {"N068", "N108"}), ("text", "nanogpt", {"N068", "N108", "N212"})])
def test_of_data_without_texts_it_is_said_that_nothing_was_measured(modality, form, codes, tmp_path):
    write_pictures(tmp_path) if form == "image-folder" else token_files.write_tokens(tmp_path, form)
    (tmp_path / "datacard.toml").write_text(CARD.format(languages='["en"]').replace('"text"', f'"{modality}"') + NORMAL.format(lower="true"))
    report = datastd.check(tmp_path, profile="team")
    lacking = {one.code for one in report.not_asked if one.needs in {"texts", "personal data"}}
    assert lacking == codes
    assert not codes & {one.code for one in report.verdicts}
    assert all("a standard whose record" not in one.give for one in report.not_asked if one.code in codes)
    early = datastd.check(tmp_path, profile="dev")
    assert {one.code for one in early.verdicts if not one.outcome.opens} == {one.code for one in report.verdicts if not one.outcome.opens} & {
        one.code for one in early.verdicts if not one.outcome.opens}
    assert "N108" in {one.code for one in early.not_asked}
