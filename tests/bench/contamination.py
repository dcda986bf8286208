"""
What is found of evaluation sets in real data, and what the search for it costs.

    python tests/bench/contamination.py [squad] [gsm8k] [search] [spans]

`squad`: contexts of XQuAD in English, all of which are SQuAD's dev set's, with that as the
input `evaluation`, and the other way round.  `gsm8k`: questions of the test set that share n
words in a row with a training question, by the words that datastd compares and by sets of
strings, and by the catalogue's words, lower case without ``[^a-z0-9 ]``.  `search`: web text,
on one core, beside the questions of GSM8K and the contexts of SQuAD.  `spans`: the stretches
of L305 of the same text, and how large their table is.  Needs ../shared.
"""

import itertools
import json
import re
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import polars as pl
from gate import RUNS, SHARED, say
from text import web

import datastd
from datastd.measures import evaluate
from datastd.measures.text import normal_words, utf8, word_pieces
from datastd.measures.text.shared_8grams import shared_8grams
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.measures.text.sought import Sought, shared, words_of
from datastd.measures.text.stretches import stretches
from datastd.rules.text.contamination_common_ngram_guard import ContaminationCommonNgramGuard
from datastd.rules.text.contamination_ngram import ContaminationNgram
from datastd.rules.text.contamination_ratio import ContaminationRatio

STANDARD = datastd.Standard(
    name="clean-of/1", about="Nothing of an evaluation set.", formats=("jsonl",),
    measures=(shared_ngrams, shared_8grams),
    rules=(ContaminationNgram(), ContaminationCommonNgramGuard(), ContaminationRatio()),
)  # fmt: skip
GSM8K = SHARED / "gsm8k" / "grade_school_math" / "data"
CATALOGUE = {8: 77, 10: 9, 13: 3}


def contexts():
    """The contexts of XQuAD in English, and of SQuAD 1.1's dev set, each once."""
    with zipfile.ZipFile(SHARED / "squad" / "dev-v1.1.json.zip") as zipped:
        (dev,) = (zipped.read(name) for name in zipped.namelist() if Path(name).name == "dev-v1.1.json")
    for content in ((SHARED / "squad" / "xquad" / "xquad.en.json").read_bytes(), dev):
        articles = json.loads(content)["data"]
        yield [*dict.fromkeys(p["context"] for one in articles for p in one["paragraphs"])]


def questions(name):
    return [json.loads(line)["question"] for line in (GSM8K / f"{name}.jsonl").read_bytes().splitlines()]


def report(data, evaluation):
    with tempfile.TemporaryDirectory() as scratch:
        for name, texts in {"data": data, "evaluation": evaluation}.items():
            Path(scratch, name).mkdir()
            lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
            Path(scratch, name, "a.jsonl").write_text(lines)
        inputs = {"evaluation": Path(scratch, "evaluation")}
        return datastd.check(Path(scratch, "data"), STANDARD, inputs=inputs)


def squad():
    xquad, dev = contexts()
    for what, data, evaluation in (("xquad in squad", xquad, dev), ("squad in xquad", dev, xquad)):
        found = report(data, evaluation)
        say(what, documents=len(data), items=len(evaluation),
            **{code: found[code].failed for code in ("L310", "L311", "L312")})  # fmt: skip


def read(texts):
    given = utf8(pl.Series("text", texts, pl.String))
    return given, normal_words(given)


def sought_of(read_, most, least):
    table = pl.DataFrame(words_of(*read_))
    keys = pl.Series([f"{n}" for n in range(len(read_[1].offsets) - 1)])
    return Sought.of(keys, table, most, least)


def sharing(documents, items, n):
    """How many items share a run with a document, by datastd."""
    documents, items = read(documents), read(items)
    sought = sought_of(items, n, n)
    there = shared(*documents, sought).get_column("gram").drop_nulls()
    every = shared(*items, sought).drop_nulls()
    return every.filter(pl.col("gram").is_in(there.implode())).get_column("row").n_unique()


def sharing_sets(documents, items, n):
    """Likewise, of texts as lists of words."""

    def runs(words):
        return {tuple(words[at : at + n]) for at in range(len(words) - n + 1)}

    there = set().union(*map(runs, documents))
    return sum(not there.isdisjoint(runs(words)) for words in items)


def plain(texts):
    """The words of the catalogue's count."""
    return [re.sub(r"[^a-z0-9 ]", "", text.lower()).split() for text in texts]


def words(texts):
    """The words that datastd compares."""
    found = read(texts)[1]
    whole = bytes(found.content)
    return [whole[a:b].decode().split(" ") for a, b in itertools.pairwise(found.places)]


def gsm8k():
    train, test = questions("train"), questions("test")
    for n, published in CATALOGUE.items():
        say(f"gsm8k, {n} words", items=sharing(train, test, n),
            by_sets=sharing_sets(words(train), words(test), n), catalogue=published,
            catalogue_by_sets=sharing_sets(plain(train), plain(test), n))  # fmt: skip
    found = report(train, test)
    say("gsm8k, judged", **{code: found[code].failed for code in ("L310", "L311", "L312")})


def search():
    texts = [*web()] * 4
    size = sum(len(text.encode()) for text in texts) / 1e6
    documents = read(texts)
    for what, items in {"gsm8k": questions("test"), "squad": [*contexts()][1]}.items():
        sought = sought_of(read(items), 13, 8)
        times = []
        for _ in range(RUNS + 1):  # the first compiles
            begun = time.perf_counter()
            read(texts)
            split = time.perf_counter()
            shared(*documents, sought)
            times.append((split - begun, time.perf_counter() - split))
        normal, found = map(statistics.median, zip(*times[1:], strict=True))
        held = sum(one.nbytes for one in (sought.item, sought.start, sought.stop, *sought.runs))
        say(f"search for {what}", mb=size, mb_s=size / found, words_mb_s=size / normal,
            runs=int((sought.runs.lengths > 0).sum()), bytes_a_word=held / len(sought.item))  # fmt: skip


def spans():
    texts = [*web()] * 4
    given = {"text": pl.Series("text", texts, pl.String), "span": 50}
    size, times = sum(len(text.encode()) for text in texts) / 1e6, []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        table = evaluate([stretches], given)["stretches"]
        times.append(time.perf_counter() - begun)
    count = len(word_pieces(utf8(given["text"])).start)
    say("spans", mb_s=size / statistics.median(times[1:]), words_a_stretch=count / table.height,
        bytes_a_word=table.drop("row").estimated_size() / count)  # fmt: skip


PARTS = {part.__name__: part for part in (squad, gsm8k, search, spans)}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
