"""Another language, planted in English text that says it is."""

import pytest

from catalogue.planting import PROSE, RED, check, passes, stated
from datastd.measures.text import languages

needs_model = pytest.mark.skipif(languages.place() is None, reason="needs the extra datastd[text]")

FRENCH = "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux se fermaient si vite " * 5

PLANTS = {"Q381": stated(FRENCH, "fr"), "Q382": stated(FRENCH, "en")}
"""Put into English text that says so, and judged by `ENGLISH`."""

ENGLISH = """
from datastd import Standard
from datastd.measures.text.language_found import language_found
from datastd.measures.text.language_found_probability import language_found_probability
from datastd.measures.text.language_probability import language_probability
from datastd.records import Document
from datastd.rules.text.language_id_low import LanguageIdLow
from datastd.rules.text.language_metadata_mismatch import LanguageMetadataMismatch
class Page(Document):
    language: str
standard = Standard(name="english/1", about="English text.", formats=("jsonl",), records=Page,
    measures=(language_probability, language_found, language_found_probability),
    rules=(LanguageIdLow(above=0.3), LanguageMetadataMismatch()))
"""
"""English text, whose records say that it is."""


@needs_model
def test_english_text_has_no_flaw(tmp_path):
    passes(stated(PROSE, "eng")(tmp_path / "data"), ENGLISH, tmp_path)


@needs_model
@pytest.mark.parametrize("code", PLANTS)
def test_text_in_another_language_turns_its_code_red(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), ENGLISH, tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert found["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout
