"""Which languages texts are in is heard all over the data, and in nothing that is no text."""

import json
from pathlib import Path

import pytest
from measures.test_languages import ENGLISH, FRENCH, needs_model

import datastd
from datastd.engines import heard as hearing
from datastd.engines.heard import heard
from datastd.model import Outcome
from datastd.pipeline import open_source

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
    assert heard_ == ({"en": 1, "fr": 2}, 3)


@pytest.mark.parametrize("text", ["", "x", "Yes, of course.", "https://example.org/a/long/path", "00000000000000000000000000"])
def test_what_tells_no_language_is_left_out(text, tmp_path):
    assert found(dataset(tmp_path / "d", [text, ENGLISH])) == ({"en": 1}, 1)


def test_turns_of_people_and_models_are_heard_and_not_what_tools_say(tmp_path):
    turns = [{"role": "user", "content": FRENCH}, {"role": "assistant", "content": FRENCH}, {"role": "tool", "content": ENGLISH}]
    assert found(dataset(tmp_path / "d", [{"messages": turns}]), "chat") == ({"fr": 2}, 2)


def test_pictures_are_not_read_again(tmp_path):
    with open_source(dataset(tmp_path / "d", [ENGLISH])) as source:
        type(source).isolated, before = True, type(source).isolated
        try:
            assert heard(source, source.plan().shards) == ({}, 0)
        finally:
            type(source).isolated = before
