"""
What Gopher's measures cost and decide, against datatrove; and a whole check, against gzip.

    python tests/bench/text.py [--peers PYTHON] [filters] [check] [personal] [language]

`--peers` is the Python of an environment with datatrove (`pip install "datatrove[processing]"
nltk spacy`).  Prints lines of JSON: medians of five, both sides in one run, on one core unless
said.  Run it on a quiet machine; needs ../shared.

`filters`: Gopher's repetition and quality, document by document, on the web text of
../shared/data and made variants.  Words are datastd's on one side and datatrove's on the other.
`check`: `datastd check` of 200 MB of JSON lines in gzip by `gopher/1`, two cores, the whole
process, against `gzip -dc` of the same files.
`personal`: personal data and secrets, all six measures in one pass, against the regular
expressions of polars for three of them.
`language`: the language of texts, against fasttext-predict, which the extra ``text`` brings.
"""

import gzip
import json
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
from gate import COMMAND, RUNS, SHARED, run_with_peers, say, seconds

from datastd.languages import LANGUAGES, LID_176
from datastd.measures import evaluate
from datastd.measures.text import (
    language_vectors,
    languages,
    likely_language,
    personal_counts,
    utf8,
)
from datastd.standard import load

PEER = """
import json, sys, time
from datatrove.data import Document
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
texts = json.load(open(sys.argv[1]))
filters = [GopherRepetitionFilter(), GopherQualityFilter()]
def dropped(filter, text):
    said = filter.filter(Document(text=text, id="0"))
    return "" if said is True else said[1] if isinstance(said, tuple) else "dropped"
[dropped(one, texts[0]) for one in filters]
begun = time.perf_counter()
found = [[dropped(one, text) for one in filters] for text in texts]
print(json.dumps({"seconds": time.perf_counter() - begun, "found": found}))
"""


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


def filters(peers):
    standard, texts = load("gopher/1"), [*variants([*web()])]
    given = {"text": pl.Series("text", texts), "separators": np.zeros(len(texts), np.int64)}
    size = sum(len(text.encode()) for text in texts) / 1e6
    measured = pl.DataFrame(evaluate(standard.measures, given))  # kernels compiled
    ours, theirs = [], []
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        for _ in range(RUNS):
            begun = time.perf_counter()
            evaluate(standard.measures, given)
            ours.append(time.perf_counter() - begun)
            done = subprocess.run([peers, "-c", PEER, file.name], check=True, capture_output=True)
            peer = json.loads(done.stdout)
            theirs.append(peer["seconds"])
    fast, slow = statistics.median(ours), statistics.median(theirs)
    say("gopher / datatrove", ratio=slow / fast, ours_mb_s=size / fast, theirs_mb_s=size / slow)
    outside = standard.door.outside(measured)
    repetition = [name for name in outside if name.startswith(("duplicate_", "top_"))]
    for number, (what, columns) in enumerate({
        "repetition": repetition,
        "quality": [name for name in outside if standard.limits[name].called[0].startswith("Q32")],
    }.items()):  # fmt: skip
        our = np.any([outside[name].to_numpy() for name in columns], axis=0)
        their = np.array([bool(one[number]) for one in peer["found"]])
        causes = Counter(
            peer["found"][n][number] or "/".join(c for c in columns if outside[c][int(n)])
            for n in np.flatnonzero(our != their)
        )
        say(f"agreement on {what}", target=0.98, documents=len(texts), dropped=int(their.sum()),
            agreement=float((our == their).mean()), causes=causes)  # fmt: skip


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
