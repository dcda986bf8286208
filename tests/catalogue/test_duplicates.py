"""Duplicates planted in corpora: documents, paragraphs, addresses and spans."""

import json

import numpy as np
import pytest

from catalogue.planting import PROSE, check, corpus, passes


def _prose(seed, words=80):
    """A document like no other, of words that are no numbers: those are folded."""
    letters = np.random.default_rng(seed).choice([*"abcdefgh"], (words, 7))
    return " ".join("".join(word) for word in letters)


def _pages(*more, split="train"):
    def plant(folder):
        folder.mkdir(exist_ok=True)
        pages = [{"text": f"{_prose(n)}\n{_prose(n + 50)}", "url": f"https://a.com/{_prose(n, 1)}"} for n in range(20)]
        for name, some in (("train", pages), ("val", [])):
            content = [json.dumps(one) + "\n" for one in (*some, *(more if name == split else ()))]
            (folder / f"{name}.jsonl").write_text("".join(content) or json.dumps({"text": _prose(99), "url": "b.com"}) + "\n")
        return folder
    return plant


DUPLICATES = {
    "L302": _pages({"text": f"- {_prose(3)}\n\n{_prose(53)}!".upper(), "url": "c.com"}),
    "L303": _pages({"text": f"the new {_prose(3)} by the way {_prose(53)}", "url": "c.com"}),
    "L307": _pages({"text": f"{_prose(3)}", "url": "c.com"}),
    "L308": _pages({"text": _prose(98), "url": f"http://www.a.com/{_prose(3, 1)}/?utm_source=b"}),
    "L398": _pages({"text": f"the new {_prose(3)} by the way {_prose(53)}", "url": "c.com"}, split="val"),
}
"""Put into a corpus of pages and judged by `PAGES`."""

PAGES = """
from datastd import Standard
from datastd.measures.text.minhash import minhash
from datastd.measures.text.normal_digest import normal_digest
from datastd.measures.text.paragraphs import paragraphs
from datastd.measures.text.url_hash import url_hash
from datastd.records import Document
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.doc_normalised_duplicate import DocNormalisedDuplicate
from datastd.rules.text.paragraph_duplicate_corpus import ParagraphDuplicateCorpus
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap
from datastd.rules.text.url_duplicate import UrlDuplicate

class Page(Document):
    url: str

standard = Standard(name="pages/1", about="Pages, none twice.", formats=("jsonl",), records=Page,
    measures=(normal_digest, minhash, paragraphs, url_hash),
    rules=(DocNormalisedDuplicate(), DocNearDuplicateMinhash(), ParagraphDuplicateCorpus(),
           UrlDuplicate(), TrainValNearOverlap()))
"""

ONCE = """
from datastd import Standard
from datastd.measures.text.stretches import stretches
from datastd.rules.text.exact_substring_duplicate import ExactSubstringDuplicate
standard = Standard(name="once/1", about="No span twice.", formats=("jsonl",), measures=(stretches,),
    rules=(ExactSubstringDuplicate(),))
"""
"""What asks of documents that no span of theirs is in another."""


def _spans(*texts):
    def plant(folder):
        whole = (" ".join(f"{word}-{n}" for word in PROSE.split()) for n in range(20))
        return corpus(folder, *(json.dumps({"text": text}).encode() for text in (*whole, *texts)))
    return plant


SPANS = {
    "L305": _spans("It was said: " + " ".join(f"{word}-7" for word in PROSE.split()[5:65])),
}
"""Put into a corpus and judged by `once/1`."""

PLANTS = DUPLICATES | SPANS


def test_sound_pages_have_no_flaw(tmp_path):
    assert {*passes(_pages()(tmp_path / "data"), PAGES, tmp_path)} >= {*DUPLICATES}


@pytest.mark.parametrize("code", DUPLICATES)
def test_the_defect_planted_in_pages_turns_the_code_red(code, tmp_path):
    _, verdicts = check(DUPLICATES[code](tmp_path / "data"), PAGES, tmp_path)
    assert verdicts[code]["outcome"] in {"fail", "warn"}
    assert verdicts[code]["observed"] > 0


@pytest.mark.parametrize("code", [None, *SPANS])
def test_the_span_planted_in_a_corpus_turns_the_code_red(code, tmp_path):
    folder = (SPANS[code] if code else _spans())(tmp_path / "data")
    done, verdicts = check(folder, ONCE, tmp_path)
    assert done.returncode == 0
    assert {verdict["code"] for verdict in verdicts.values() if verdict["outcome"] != "pass"} == ({code} if code else set())
    assert not code or verdicts[code]["examples"][0]["key"] == "train.jsonl#60"
