"""
What filters of web text cost and decide, against datatrove; and a whole check, against gzip.

    python tests/bench/text.py [--peers PYTHON] [filters] [check] [personal] [language]

`--peers` is the Python of an environment with datatrove (`pip install "datatrove[processing]"
nltk spacy`).  Prints lines of JSON: medians of five, both sides in one run, on one core unless
said.  Run it on a quiet machine; needs ../shared.

`filters`: the filters of Gopher (repetition, quality), C4 and FineWeb on JSON lines of the web
text of ../shared/data, parsing included, against ../shared/bench/datatrove_filters.py, which
takes texts that are parsed; target 200 times its speed.  It filters all texts by one filter
after the other; `text_by_text` is the ratio where all filters see a text in turn, for which
datatrove remembers its words.

Then what each drops of these and of made variants, filter by filter: with words and sentences
as datastd has them on both sides (target 99.9 %), and each with its own (98 %).  A verdict that
differs is told with datatrove's reason, or with the columns that are outside here.

With the same words none differs here.  One would where words are symbols to datatrove and none
here, or the reverse: its set of punctuation lacks the bullet, some quotes and currency signs
(Q320, Q321).  With its own, spaCy's tokens are other words.  top_2_gram, top_3_gram: of short
texts one run more or less is a share; contractions are two tokens, links are cut at slashes.
gopher_below_alpha_threshold: a token of symbols more or less, likewise.  too_few_sentences:
"U.S." and "D.I.Y." are tokens with their last dot, and end a sentence here; marks in a row
without a space between sentences are inside a token there.  fineweb_sentences: the reverse,
"word.Next" is two sentences there.
`check`: `datastd check` of 200 MB of JSON lines in gzip by `gopher/1`, two cores, the whole
process, against `gzip -dc` of the same files.
`personal`: personal data and secrets, all six measures in one pass, against the regular
expressions of polars for three of them.
`language`: the language of texts, against fasttext-predict, which the extra ``text`` brings.
"""

import gzip
import itertools
import json
import re
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
from gate import COMMAND, RUNS, SHARED, peer, run_with_peers, say, seconds

from datastd.languages import LANGUAGES, LID_176
from datastd.measures import evaluate
from datastd.measures.text import (
    language_vectors,
    languages,
    likely_language,
    personal_counts,
    pieces,
    utf8,
)
from datastd.measures.text.c4_documents import fineweb_sentences
from datastd.process import keep_memory
from datastd.sources import jsonl
from datastd.standard import load

PEER = """
import json, sys, time
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter,
)
from datatrove.pipeline.filters import (
    c4_filters, fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter,
)
texts, words, sentences = json.load(open(sys.argv[1]))
filters = [GopherRepetitionFilter(), GopherQualityFilter(), C4QualityFilter(),
           C4QualityFilter(filter_no_terminal_punct=False), FineWebQualityFilter()]
def dropped(filter, text):
    try:
        said = filter.filter(Document(text=text, id="0"))
    except ZeroDivisionError:
        return "divided by no word"
    return "" if said is True else said[1] if isinstance(said, tuple) else "dropped"
[dropped(one, texts[0]) for one in filters]
if words:
    known = dict(zip(texts, words))
    for module in (gopher_quality_filter, gopher_repetition_filter, fineweb_quality_filter):
        module.split_into_words = lambda text, language: known[text]
    c4_filters.split_into_sentences = lambda line, language: [line] * (sentences[line] or 1)  # 0 of fewer than three words
begun = time.process_time()
found = [[dropped(one, text) for one in filters if one is not filters[3]] for text in texts]
took = time.process_time() - begun
for row, text in zip(found, texts):
    row.insert(3, dropped(filters[3], text))
print(json.dumps({"seconds": took, "found": found}))
"""

FILTERS = {
    "Gopher's repetition": "Q33[0-9]|Q34[0-2]", "Gopher's quality": "Q32", "C4": "Q346|Q349|Q350",
    "C4 for FineWeb": "Q346|Q349|Q350", "FineWeb": "Q35[6-9]",
}  # fmt: skip
"""By code, what drops a document: C4's other filters leave out lines of it."""

STANDARDS = "gopher/1", "gopher/1", "c4/1", "fineweb/1", "fineweb/1"
CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")


def web():
    """The texts of every JSON lines file of ../shared/data/webtext."""
    for path in sorted((SHARED / "webtext").rglob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                text = json.loads(line).get("text")
            except (ValueError, AttributeError):
                continue
            if isinstance(text, str):
                yield text


def variants(texts):
    """The texts, and for some what each filter is about: cut short, repeated, teased, listed."""
    yield from texts
    for text in texts[:150]:
        lines, words = text.split("\n"), text.split()
        if len(words) > 60:
            yield " ".join(words[:60])
            yield "\n".join(lines + lines[: len(lines) // 2])
            yield text.replace(". ", "... ")
            yield "\n".join(f"- {line}" for line in lines)


def measures():
    """What the four filters measure, each once, and nothing of `raw-text/1`."""
    of = {one.column: one for name in STANDARDS for one in load(name).measures}
    return [one for column, one in of.items() if column not in load("raw-text/1").limits]


def parsed(content):
    """The texts of JSON lines, as the reader of `jsonl` has them."""
    lines = jsonl.scan(content, "text")
    return jsonl.texts(content, lines.rows(np.flatnonzero(lines.found == 0)))


def asked(peers, texts, words=(), sentences=None):
    """What datatrove says: seconds of its four filters, and why it drops each text."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([texts, words, sentences], file)
        file.flush()
        done = subprocess.run([peers, "-c", PEER, file.name], check=True, capture_output=True)
    return json.loads(done.stdout)


def segments(texts):
    """Words of each text, and how many sentences each line has of which C4's filter may ask."""
    content, offsets = utf8(pl.Series(texts))
    found = pieces.words(content, offsets)
    words = [bytes(content[a:b]).decode() for a, b in zip(found.start, found.stop, strict=True)]
    parts = [words[a:b] for a, b in itertools.pairwise(found.offsets)]
    lines = sorted({CITATION.sub("", line.strip()) for text in texts for line in text.splitlines()})
    counted = evaluate([fineweb_sentences], {"text": pl.Series("text", lines)})
    return parts, dict(zip(lines, counted["fineweb_sentences"].tolist(), strict=True))


def filters(peers):
    used, texts = measures(), [*web()]
    content = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)
    size = sum(len(text.encode()) for text in texts) / 1e6

    def ours():
        return evaluate(used, {"text": parsed(content)})

    keep_memory()  # as in every process of datastd's own
    ours()  # kernels compiled
    fast, slow, in_turn = [], [], []
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(content)
        file.flush()
        for _ in range(RUNS):
            for _ in range(RUNS):
                begun = time.process_time()
                ours()
                fast.append(time.process_time() - begun)
            slow.append(peer(peers, "datatrove_filters.py", file.name))
            in_turn.append(asked(peers, texts)["seconds"])
    mine, theirs = statistics.median(fast), statistics.median(slow)
    say("four filters / datatrove", target=200, ratio=theirs / mine, ours_mb_s=size / mine,
        theirs_mb_s=size / theirs, text_by_text=statistics.median(in_turn) / mine)  # fmt: skip
    texts = [*variants(texts)]
    values = pl.DataFrame(evaluate(used, {"text": pl.Series("text", texts)}))
    for what, given, target in (("same words", segments(texts), 0.999), ("own words", (), 0.98)):
        found = asked(peers, texts, *given)["found"]
        for number, (name, codes) in enumerate(FILTERS.items()):
            standard = load(STANDARDS[number])
            columns = [
                column for column, limit in standard.limits.items()
                if re.match(codes, limit.called[0]) and column in values
            ]  # fmt: skip
            outside = standard.door.outside(values)
            our = np.any([outside[column].to_numpy() for column in columns], axis=0)
            their = np.array([bool(one[number]) for one in found])
            causes = Counter(
                found[n][number] or "/".join(c for c in columns if outside[c][int(n)])
                for n in np.flatnonzero(our != their)
            )
            say(f"agreement on {name}, {what}", target=target, documents=len(texts),
                dropped=int(their.sum()), agreement=float((our == their).mean()),
                causes=causes)  # fmt: skip


def check(_peers):
    texts = [*web()]
    with tempfile.TemporaryDirectory() as scratch:
        size = 0
        for number in range(8):
            with gzip.open(Path(scratch, f"{number}.jsonl.gz"), "wb", 6) as file:
                begin = size
                while size - begin < 25e6:
                    for text in texts:
                        line = json.dumps({"id": size, "text": f"{size} {text}"}).encode() + b"\n"
                        file.write(line)
                        size += len(line)
        files = sorted(Path(scratch).iterdir())
        command = COMMAND, "check", scratch, "--standard", "gopher/1"
        seconds(*command, codes=(0, 1))
        ours, floor = [], []
        for _ in range(3):
            ours.append(seconds(*command, codes=(0, 1)))
            floor.append(seconds("gzip", "-dc", *files))
        gate, gz = statistics.median(ours), statistics.median(floor)
        say("check of jsonl.gz / gzip -dc", ratio=gate / gz, gate=gate, gzip=gz, mb_s=size / 1e6 / gate)


def fastest(work, *arguments):
    """Seconds of the fastest of five calls, after one that compiles."""
    work(*arguments)
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work(*arguments)
        took.append(time.perf_counter() - begun)
    return min(took)


def prose():
    return [path.read_text() for path in sorted((SHARED / "wikitext2").rglob("*.txt"))]


def personal(_peers):
    patterns = (
        r"\b[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+",
        r"\b(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\b",
        r"\s+\(?([0-9]{3})\)?[-\. ]*([0-9]{3})[-. ]?([0-9]{4})",
    )
    for name, texts in (("web", [*web()] * 6), ("prose", prose())):
        series = pl.Series("text", texts)
        given = utf8(series)
        size = len(given.content)
        ours = fastest(personal_counts, given)
        theirs = fastest(lambda s: [s.str.count_matches(one) for one in patterns], series)
        say(f"personal data in {name} / three regular expressions", ratio=theirs / ours,
            target_ns=3, ns_per_byte=1e9 * ours / size, theirs=1e9 * theirs / size)  # fmt: skip


def language(_peers):
    import fasttext

    model = fasttext.load_model(str(languages.place()))
    texts = [*web()]
    given = utf8(pl.Series("text", texts))
    size = len(given.content)

    def ours():
        return likely_language(language_vectors(given, LID_176), LID_176)

    def theirs():
        return [model.f.predict(text.replace("\n", " ") + "\n", 1, 0.0, "strict")[0] for text in texts]

    agree = [LANGUAGES[int(n)] for n in ours()[:, 0]] == [one.removeprefix("__label__") for _, one in theirs()]
    fast, slow = fastest(ours), fastest(theirs)
    say("language / fasttext-predict", ratio=slow / fast, agree=agree, ns_per_byte=1e9 * fast / size,
        theirs=1e9 * slow / size)  # fmt: skip


PARTS = {part.__name__: part for part in (filters, check, personal, language)}

if __name__ == "__main__":
    run_with_peers(PARTS)
