"""Defects planted in sentences: their characters and ratios."""

import json

import pytest

from catalogue.planting import PROSE, check, passes

CHARACTERS = """
from importlib import import_module
from datastd import Standard, limit
from datastd.schemas import raw_text
class Rows(raw_text.Rows):
    mojibake: int = limit(eq=0)
    zero_width_characters: int = limit(eq=0)
    not_nfc: int = limit(eq=0)
    entities_per_1000: float = limit(le=1.0)
    non_alphanumeric_fraction: float = limit(le=0.25)
    digit_fraction: float = limit(le=0.15)
    url_fraction: float = limit(le=0.2)
    white_space_fraction: float = limit(le=0.25)
    bracket_fraction: float = limit(le=0.1)
    boilerplate_paragraph_fraction: float = limit(le=0.4)
    unended_line_fraction: float = limit(le=0.85)
    special_character_fraction: float = limit(le=0.25)
    character_repetition_fraction: float = limit(le=0.5)
    word_repetition_fraction: float = limit(le=0.5)
    longest_line: int = limit(le=1000)
    mean_line_length: float = limit(le=100.0)
    alphanumeric_fraction: float = limit(ge=0.25)
    repeats_in_a_row: int = limit(lt=100)
    character_run_fraction: float = limit(le=0.3)
own = [getattr(import_module(f"datastd.measures.text.{name}"), name) for name in Rows.__annotations__]
standard = Standard(name="characters/1", about="Characters and ratios.", formats=("jsonl",),
    measures=(*raw_text.standard.measures, *own), rows=Rows, rules=raw_text.standard.rules)
"""
"""As `raw-text/1`, with what `text-pretraining/1` asks of characters."""

_SENTENCE = "Many documents establish considerable understanding"


def _sentences(*texts):
    names = ["".join("abcdefghij"[int(digit)] for digit in str(n)) for n in range(20)]
    content = [json.dumps({"text": text}) for text in (*(f"{_SENTENCE} of {name}." for name in names), *texts)]

    def plant(folder):
        folder.mkdir(exist_ok=True)
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


PLANTS = {
    "Q302": _sentences("schÃ¶n " + _SENTENCE),
    "Q305": _sentences("data\u200bset " + _SENTENCE),
    "Q306": _sentences("cafe\u0301 " + _SENTENCE),
    "Q308": _sentences("&amp;amp; " + _SENTENCE),
    "Q365": _sentences(_SENTENCE + " %$&" * 8),
    "Q366": _sentences("\n".join(f"Smith, Elm Street, 555 {n}" for n in range(1000, 1030))),
    "Q367": _sentences(_SENTENCE + "; see https://example.org/a/b and http://example.org/c/d"),
    "Q368": _sentences("\n".join(f"{' ' * 12}return {name}" for name in ("first", "second", "third", "fourth"))),
    "Q369": _sentences("(a)[b]{c}" * 20),
    "Q370": _sentences("\n\n".join(["Privacy policy of ours."] * 3 + [f"{_SENTENCE}."] * 2)),
    "Q371": _sentences("\n".join([*PROSE.split()[:9], "End."])),
    "Q372": _sentences("!!! $$$ 123 ### " * 20),
    "Q373": _sentences("-" * 500),
    "Q374": _sentences(" ".join(["one two three four five six seven eight nine ten eleven twelve."] * 30)),
    "Q377": _sentences(_SENTENCE * 20),
    "Q378": _sentences("+-|-+\n" * 20),
    "Q383": _sentences("ab " * 100),
    "Q384": _sentences("!!!!!!"),
}
"""Put into a corpus of sentences and judged by `CHARACTERS`."""


def test_sound_sentences_have_no_flaw(tmp_path):
    passes(_sentences()(tmp_path / "data"), CHARACTERS, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_sentences_turns_the_code_red(code, tmp_path):
    _, verdicts = check(PLANTS[code](tmp_path / "data"), CHARACTERS, tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("warn", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
