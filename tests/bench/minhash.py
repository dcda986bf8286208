"""
Near duplicates of documents: what is found, against theory; what it costs, against rensa.

    python tests/bench/minhash.py [--peers PYTHON] [--pairs FILE] [curve] [mrpc] [edits] [questions]
        [signatures] [crowds]

`--peers` is the Python of an environment with rensa (`pip install rensa`).  Prints lines of
JSON.  `curve`: pairs of sets planted at a similarity, and how many agree in a band.  `mrpc`:
the same of pairs of sentences, in `--pairs` as the Microsoft Research Paraphrase Corpus has
them (tab-separated: quality, two ids, two sentences), which may not be handed on.  `edits`:
documents of WikiText with words swapped, heads and tails cut, lines wrapped anew, written in
capitals.  `questions`: GSM8K, test against train.  `signatures`: a core, from text to
signature.  `crowds`: a whole check of 100,000 documents, 20,000 of which are one, or agree in
every band they are asked for; each in a process of its own, for its peak memory.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from gate import RUNS, SHARED, option, run_with_peers, say

from datastd import Standard, check
from datastd.banding import Banding
from datastd.engines.overlap import Overlap
from datastd.measures import evaluate
from datastd.measures.text import normal_words, utf8
from datastd.measures.text.minhash import minhash
from datastd.model import DATA
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap

FINEWEB = Banding()


def theory(similarity):
    return 1 - (1 - similarity**FINEWEB.rows) ** FINEWEB.bands


def table(texts, banding=FINEWEB):
    return evaluate([minhash], {"text": pl.Series("text", texts), "banding": banding})["minhash"]


def alike(found, one, other):
    """Of pairs of rows: whether a band agrees, and the Jaccard similarity of their sets."""
    bands = found["bands"].to_numpy()
    sets = [{*some} for some in found["shingles"].to_list()]
    agree = (bands[one] == bands[other]).any(axis=1)
    return agree, np.array([len(sets[a] & sets[b]) / len(sets[a] | sets[b]) for a, b in zip(one, other, strict=True)])


def words(count, draw):
    return ["".join(draw.choices("abcdefghij", k=8)) for _ in range(count)]


def curve(_peers):
    draw, pairs, runs = random.Random(1), 2000, 200
    for similarity in np.arange(0.5, 1.0001, 0.05):
        texts = []
        for _ in range(pairs):
            both = round(2 * runs * similarity / (1 + similarity))  # of two sets of so many runs
            common = words(both + 4, draw)
            texts += [" ".join(common + words(runs - both, draw)) for _ in range(2)]
        at = np.arange(0, 2 * pairs, 2)
        say("S-curve", **against_theory(*alike(table(texts), at, at + 1)))


def against_theory(agree, true):
    expected = theory(true)
    error = (agree.mean() - expected.mean()) / max(1e-9, (expected * (1 - expected)).sum() ** 0.5 / len(true))
    return {"similarity": float(true.mean()), "found": float(agree.mean()), "theory": float(expected.mean()),
            "standard_errors": float(error)}  # fmt: skip


def words_of(texts):
    """Of each text its words, as hashes of 64 bits."""
    its = normal_words(utf8(pl.Series(texts)))
    return [its.hashes[a:b].tolist() for a, b in zip(its.offsets, its.offsets[1:], strict=False)]


def similarity(one, other):
    return len(one & other) / len(one | other)


DRAWS = 73  # of 112 functions each: as many as a `Banding` has bands for


def mrpc(_peers, pairs=None):
    """
    By FineWeb's functions, and, as there are few pairs that are alike, by others drawn in the
    same way: `found_by_draws` is the mean of all draws, with the error of that mean.
    """
    if pairs is None:
        say("MRPC: nothing done, no file is given: --pairs FILE")
        return
    lines = [line.split("\t") for line in Path(pairs).read_text(encoding="utf-8-sig").rstrip("\n").split("\n")[1:]]
    texts = [line[place] for line in lines for place in (3, 4)]
    known = words_of(texts)
    for words in (5, 2, 1):
        sets = [{tuple(some[n : n + words]) for n in range(len(some) - words + 1)} for some in known]
        found = table(texts, Banding(words=words))
        row = {text: n for n, text in enumerate(found["row"])}
        kept = np.array([(row[n], row[n + 1]) for n in range(0, len(texts), 2) if sets[n] and sets[n + 1]])
        agree, hashed = alike(found, *kept.T)
        true = np.array([similarity(sets[a], sets[b]) for a, b in found["row"].to_numpy()[kept]])
        many = table(texts, Banding(words=words, bands=FINEWEB.bands * DRAWS))["bands"].to_numpy()
        drawn = (many[kept[:, 0]] == many[kept[:, 1]]).reshape(len(kept), DRAWS, FINEWEB.bands).any(axis=2)
        say(f"MRPC by runs of {words}", pairs=len(lines), without_a_run=len(lines) - len(kept),
            most_off_by_hashes=float(abs(hashed - true).max()), **_drawn(agree, true, drawn))  # fmt: skip
        bins = np.minimum(np.floor(true * 10 + 1e-9), 9)
        for least in np.unique(bins):
            its = bins == least
            say(f"MRPC by runs of {words}: from {least / 10:.1f}", pairs=int(its.sum()), **_drawn(agree[its], true[its], drawn[its]))
        _verified(found, sets, found["row"].to_numpy()[kept[agree]].tolist(), words)


def _drawn(agree, true, drawn):
    shares, expected = drawn.mean(axis=0), theory(true)
    alone = (expected * (1 - expected)).sum() ** 0.5 / len(true)  # where no draw finds one, none tells an error
    error = max(1e-9, shares.std(ddof=1), alone) / DRAWS**0.5
    return {**against_theory(agree, true), "found_by_draws": float(shares.mean()), "error_of_draws": float(error),
            "standard_errors_of_draws": float((shares.mean() - expected.mean()) / error)}  # fmt: skip


def _verified(found, sets, candidates, words, least=0.5):
    """What the rule says of all sentences, each looked for among all, against the sets themselves."""
    rule = DocNearDuplicateMinhash(similarity=least, banding=Banding(words=words))
    search = Overlap((rule,))
    numbers = pl.Series([number.to_bytes(16) for number in found["row"]])
    told = {"split": "train", "origin": DATA, "label": None}
    search.add(found.select(pl.col("row").cast(str).alias("key"), "bands", "shingles", digest=numbers, **{k: pl.lit(v) for k, v in told.items()}))
    near_by_rule = [one for some in search.found() for one in some.filter(rule.near()).iter_rows(named=True)]
    group = {int(one[end]): one["group"] for one in near_by_rule for end in ("key", "other")}
    said = {(int(one["key"]), int(one["other"])): 1 - one["difference"] for one in near_by_rule}
    off = [abs(its - similarity(sets[a], sets[b])) for (a, b), its in said.items()]
    near = [(a, b) for a, b in candidates if similarity(sets[a], sets[b]) >= least]
    say(f"MRPC by runs of {words}: what the rule verifies", similarity=least, pairs=len(said),
        least_alike=min(said.values(), default=1.0), most_off=max(off, default=0.0), candidates=len(candidates),
        of_these_near=len(near), missed=sum(group.get(a, a) != group.get(b, b) for a, b in near))  # fmt: skip


def articles():
    """The articles of WikiText-2's test and validation sets, from 60 words on."""
    for name in ("test.txt", "valid.txt"):
        for one in (SHARED / "wikitext2" / "wikitext-2" / name).read_text().split("\n = ")[1:]:
            for part in one.split("\n \n"):
                if len(part.split()) >= 60:
                    yield part


def _swapped(share):
    def edit(text, draw):
        some = text.split()
        for _ in range(max(1, round(share * len(some)))):
            a, b = draw.sample(range(len(some)), 2)
            some[a], some[b] = some[b], some[a]
        return " ".join(some)
    return edit


def _cut(share):
    return lambda text, _: " ".join(text.split()[round(share * len(text.split())):])


EDITS = {
    "written in capitals, wrapped anew": lambda text, _: text.upper().replace(" . ", " .\n\n"),
    "a header of 8 words": lambda text, draw: " ".join(words(8, draw)) + "\n" + text,
    "head of 10 % cut": _cut(0.1), "head of 20 % cut": _cut(0.2),
    "tail of 10 % cut": lambda text, _: " ".join(text.split()[: round(0.9 * len(text.split()))]),
    "1 % of words swapped": _swapped(0.01), "2 % of words swapped": _swapped(0.02),
}  # fmt: skip


def edits(_peers):
    draw, every = random.Random(2), [*articles()]
    for what, edit in EDITS.items():
        found = table([*every, *(edit(text, draw) for text in every)])
        at = np.arange(len(every))
        agree, true = alike(found, at, at + len(every))
        say(what, documents=len(every), similarity=float(true.mean()), found=float(agree.mean()),
            theory=float(theory(true).mean()), kept_at_0_7=float((agree & (true >= 0.7)).mean()))  # fmt: skip
    found = table(every)
    unrelated = np.array([draw.sample(range(len(every)), 2) for _ in range(100_000)])
    agree, true = alike(found, *unrelated.T)
    say("unrelated pairs", pairs=len(unrelated), found=int(agree.sum()), most_alike=float(true.max()))


def _standard(**settings):
    rules = DocNearDuplicateMinhash(**settings), TrainValNearOverlap(**settings)
    return Standard(name="near/1", about="Near.", formats=("jsonl",), measures=(minhash,), rules=rules)


def questions(_peers):
    place = SHARED / "gsm8k" / "grade_school_math" / "data"
    texts = {
        split: [json.loads(line)["question"] for line in (place / f"{split}.jsonl").read_text().splitlines()]
        for split in ("train", "test")
    }
    plain = str.maketrans({chr(n): None for n in range(128) if chr(n) not in "abcdefghijklmnopqrstuvwxyz0123456789 "})
    simple = {split: [one.lower().translate(plain).encode("ascii", "ignore").decode().split() for one in some] for split, some in texts.items()}
    ours = {split: words_of(some) for split, some in texts.items()}
    for runs, stated in ((8, 77), (10, 9), (13, 3)):
        counts = []
        for some in (simple, ours):
            train = {tuple(one[n : n + runs]) for one in some["train"] for n in range(len(one) - runs + 1)}
            counts.append(sum(any(tuple(one[n : n + runs]) in train for n in range(len(one) - runs + 1)) for one in some["test"]))
        say(f"GSM8K: test questions that share {runs} words", stated=stated, letters_and_digits=counts[0], normalised=counts[1])
    with tempfile.TemporaryDirectory() as scratch:
        for split, some in texts.items():
            Path(scratch, f"{split}.jsonl").write_text("".join(json.dumps({"text": one}) + "\n" for one in some))
        for similarity in (0.5, 0.7, 0.9):
            report = check(scratch, _standard(similarity=similarity))
            found = {verdict.code: verdict for verdict in report.verdicts}
            say("GSM8K: near duplicates", similarity=similarity, groups_in_a_split=found["L303"].observed,
                share_of_test=found["L398"].observed, across=found["L398"].failed)  # fmt: skip


PEER = """
import json, sys, time
from rensa import RMinHash
texts = json.load(open(sys.argv[1]))
def shingles(text):
    words = text.split()
    return [" ".join(words[n:n + 5]) for n in range(len(words) - 4)]
best = [9e9, 9e9]
for _ in range(5):
    begun = time.perf_counter()
    every = [shingles(text) for text in texts]
    middle = time.perf_counter()
    for one in every:
        RMinHash(num_perm=112, seed=1).update(one)
    end = time.perf_counter()
    best = [min(best[0], end - begun), min(best[1], end - middle)]
print(json.dumps(best))
"""


def signatures(peers):
    texts = [*articles()] * 4
    size = sum(len(text.encode()) for text in texts) / 1e6
    module = sys.modules["datastd.measures.text.minhash"]
    table(texts)
    whole, alone = [], []
    for _ in range(RUNS):
        begun = time.perf_counter()
        table(texts)
        whole.append(time.perf_counter() - begun)
    its = normal_words(utf8(pl.Series(texts)))
    has = np.flatnonzero(np.diff(its.offsets) >= FINEWEB.words)
    firsts = np.concatenate([[0], np.cumsum(np.diff(its.offsets)[has] - FINEWEB.words + 1)])
    found = np.zeros((len(has), FINEWEB.bands), np.uint64)
    for _ in range(RUNS):
        begun = time.perf_counter()
        runs = module._shingles(its.hashes, its.offsets[has], firsts, FINEWEB.words)
        module._bands(runs, firsts, *module._functions(112), found)
        alone.append(time.perf_counter() - begun)
    say("from text to bands", mb_s=size / min(whole), from_words_mb_s=size / min(alone))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        done = subprocess.run([peers, "-c", PEER, file.name], check=True, capture_output=True)
        both, update = json.loads(done.stdout)
    say("rensa", mb_s=size / both, update_alone_mb_s=size / update, ratio=both / min(whole),
        ratio_from_words=both / min(alone), ratio_to_update_alone=update / min(alone))  # fmt: skip


def _different(count, draw):
    return [" ".join(words(60, draw)) for _ in range(count)]


CASES = {
    "all different": _different,
    "20,000 equal": lambda count, draw: [*_different(count - 20_000, draw), *[" ".join(words(60, draw))] * 20_000],
    "20,000 equal but for a header": lambda count, draw: [
        *_different(count - 20_000, draw), *((" ".join(words(2, draw)) + " " + _BODY) for _ in range(20_000)),
    ],
    "20,000 half equal": lambda count, draw: [
        *_different(count - 20_000, draw), *((" ".join(words(30, draw)) + " " + _BODY) for _ in range(20_000)),
    ],
}  # fmt: skip
_BODY = " ".join(words(60, random.Random(9)))


def crowds(_peers):
    for case in CASES:
        subprocess.run([sys.executable, __file__, "--case", case], check=True)


def one_case(case):
    with tempfile.TemporaryDirectory() as scratch:
        texts = CASES[case](100_000, random.Random(3))
        with Path(scratch, "train.jsonl").open("w") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
        del texts
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun, used = time.perf_counter(), time.process_time()
        report = check(scratch, _standard())
        say(case, documents=100_000, seconds=time.perf_counter() - begun, cpu=time.process_time() - used,
            groups=next(one.observed for one in report.verdicts if one.code == "L303"),
            more_memory_mb=(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)  # fmt: skip


PARTS = {part.__name__: part for part in (curve, mrpc, edits, questions, signatures, crowds)}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--case"]:
        one_case(sys.argv[2])
    else:
        PARTS["mrpc"] = partial(mrpc, pairs=option("--pairs"))
        run_with_peers(PARTS)
