"""Spans: where they are, why they are not where they say, and what evaluators make of them."""

import json
import re
import string
import unicodedata
import zipfile

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import SHARED, UNSEEN, is_seen, needs_data

from datastd.engines import _annotations
from datastd.measures import evaluate
from datastd.measures.spans import normalised
from datastd.measures.spans.answer_words import answer_words
from datastd.measures.spans.asked_hash import asked_hash
from datastd.measures.spans.bert_unrecoverable import bert_unrecoverable
from datastd.measures.spans.beyond_points import beyond_points
from datastd.measures.spans.context_blank import context_blank
from datastd.measures.spans.context_edge import context_edge
from datastd.measures.spans.context_hash import context_hash
from datastd.measures.spans.edge_marks import edge_marks
from datastd.measures.spans.given_away import given_away
from datastd.measures.spans.golds import golds
from datastd.measures.spans.misaligned import misaligned
from datastd.measures.spans.nothing_left import nothing_left
from datastd.measures.spans.plausible_wrong import plausible_wrong
from datastd.measures.spans.question_words import question_words
from datastd.measures.spans.shift import shift
from datastd.measures.spans.splits_word import splits_word
from datastd.offsets import (
    CAUSES,
    IN_BYTES,
    LINE_FEEDS,
    MISPLACED,
    NEXT,
    NFC,
    NFD,
    STRIPPED,
    UTF_16,
)
from datastd.rules import fold
from datastd.rules.spans.squad_offset_unit import SquadOffsetUnit
from datastd.sources import Shared

OVER = (shift, misaligned, plausible_wrong, beyond_points, nothing_left, edge_marks, splits_word, bert_unrecoverable,
        answer_words, given_away)  # fmt: skip


def measured(*asked, plausible=None, impossible=None):
    """Measures of ``(context, question, [(text, start), …])``: a row per span."""
    contexts = [*dict.fromkeys(context for context, *_ in asked)]
    rows = [(n, text, start) for n, (*_, some) in enumerate(asked) for text, start in some]
    frame = pl.DataFrame(
        {"row": [n for n, *_ in rows], "annotation": [f"{n}" for n in range(len(rows))],
         "plausible": plausible or [False] * len(rows), "start": [start for *_, start in rows], "text": [text for _, text, _ in rows]},
        {"row": pl.Int64, "annotation": pl.String, "plausible": pl.Boolean, "start": pl.Int64, "text": pl.String},
    )  # fmt: skip
    known = {
        "context": Shared(pl.Series(contexts, dtype=pl.String), np.array([contexts.index(context) for context, *_ in asked], np.int64)),
        "text": pl.Series([question for _, question, _ in asked], dtype=pl.String),
        "impossible": pl.Series(impossible or [None] * len(asked), dtype=pl.Boolean),
    }
    return _annotations(frame, OVER, known)


def one(context, text, start, **how):
    return measured((context, "?", [(text, start)]), **how).row(0, named=True)


TEXTS = st.text(st.sampled_from("ab Aé\u00a0\u0301\u3000😀\r\n.0中") | st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.lists(st.tuples(TEXTS, st.integers(0, 14)), max_size=3)), min_size=1, max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_spans_are_where_python_slices_them(asked, data):
    asked = [  # some that are where they say
        (context, question, [*spans, *[(context[at : at + length], at) for at, length in
                                       data.draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5)), max_size=3))]])
        for context, question, spans in asked
    ]  # fmt: skip
    found = measured(*asked)
    flat = [(context, text, start) for context, _, spans in asked for text, start in spans]
    assert found["misaligned"].to_list() == [int(c[s : s + len(t)] != t or s > len(c)) for c, t, s in flat]
    assert found["beyond_points"].to_list() == [max(0, s + len(t) - len(c)) for c, t, s in flat]
    assert found["shift"].to_list() == [_shift(*each) for each in flat]
    assert found["nothing_left"].to_list() == [int(not any(map(is_seen, _official(t)))) for _, t, _ in flat]
    assert found["bert_unrecoverable"].to_list() == [int(_bert_skips(*each)) for each in flat]
    assert found["given_away"].to_list() == [
        int(len(_official(t).split()) > 1 and _official(t) in _official(q)) for c, q, spans in asked for t, _ in spans
    ]


def _shift(context, text, start):
    def fits(c, s, t=text):
        return 0 <= s <= len(c) and c[s : s + len(t)] == t

    if fits(context, start):
        return 0
    bits = 0
    for s in range(len(context) + 1):
        if len(context[:s].encode("utf-16-le")) // 2 == start and fits(context, s):
            bits |= UTF_16
        if len(context[:s].encode()) == start and fits(context, s):
            bits |= IN_BYTES
    bits |= NEXT * (fits(context, start - 1) or fits(context, start + 1))
    for bit, c, t in [
        (STRIPPED, context.lstrip(), text), (LINE_FEEDS, context.replace("\r\n", "\n"), text.replace("\r\n", "\n")),
        *((b, unicodedata.normalize(f, context), unicodedata.normalize(f, text)) for b, f in ((NFC, "NFC"), (NFD, "NFD"))),
    ]:  # fmt: skip
        bits |= bit * ((c, t) != (context, text) and fits(c, start, t))
    return bits | MISPLACED


def _official(s):
    """SQuAD's evaluate-v2.0.py, normalize_answer."""
    s = "".join(ch for ch in s.lower() if ch not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", s, flags=re.UNICODE).split())


def _bert_skips(context, text, start):
    """BERT's run_squad.py, of answers that are where they say."""
    if _shift(context, text, start) or not text:
        return False
    tokens, of, fresh = [], [], True
    for c in context:
        if c in " \t\r\n" or ord(c) == 0x202F:
            fresh = True
        else:
            if fresh:
                tokens.append(c)
            else:
                tokens[-1] += c
            fresh = False
        of.append(len(tokens) - 1)
    actual = " ".join(tokens[of[start] : of[start + len(text) - 1] + 1])
    return " ".join(text.strip().split()) not in actual


@given(TEXTS | st.text(st.sampled_from("aAnthe .,-_'\"\x1cΣς$İ")))
@example("The")
@example("ΑΣ the")
@settings(max_examples=300, deadline=None)
def test_answers_are_normalised_as_the_evaluation_does(text):
    assert normalised(pl.Series([text])).to_list() == [_official(text)]


def test_a_long_text_is_marked_and_searched():
    for letter in ("a", "é", "中", "😀"):
        context = letter * 300 + "Paris" + letter * 300
        at = [("Paris", 300), ("Paris", 299), (letter, 604), ("", 605), ("", 606), (letter, 605)]
        assert measured((context, "?", at))["misaligned"].to_list() == [0, 1, 0, 0, 1, 1]
        units = len(context[:300].encode("utf-16-le")) // 2
        assert one(context, "Paris", units)["shift"] in {0, MISPLACED | UTF_16}
        assert one(context, "Paris", len(context[:300].encode()))["shift"] & IN_BYTES or letter == "a"


@pytest.mark.parametrize(
    ("context", "text", "start", "cause"),
    [
        ("😀 Paris", "Paris", 3, UTF_16 | NEXT),
        ("😀 Paris", "Paris", 5, IN_BYTES),
        ("  Paris", "Paris", 0, STRIPPED),
        ("a\r\nb\r\nParis", "Paris", 4, LINE_FEEDS),
        ("e\u0301e\u0301 Paris", "Paris", 3, NFC),
        ("éé Paris", "Paris", 5, NFD | IN_BYTES),
        ("Paris", "Paris", 1, NEXT),
        ("Paris", "Rome", 0, 0),
        ("Paris", "Paris", 4, 0),
        ("e\u0301", "é", 0, NFC | NFD),
    ],
)
def test_each_reading_of_an_offset_is_told(context, text, start, cause):
    assert one(context, text, start)["shift"] == MISPLACED | cause
    assert [*CAUSES] == [UTF_16, IN_BYTES, STRIPPED, NFC, NFD, LINE_FEEDS, NEXT]


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("Paris", 0), (" Paris", 1), ("Paris\u00a0", 1), ("", 0), ("Paris,", 1), ("Paris.", 0), (".NET", 1), ("(Paris)", 0),
        ("(Paris", 1), ("Paris)", 1), ("Paris (France)", 0), ('"Paris"', 0), ('"Paris', 1), ('Paris"', 1), ("“Paris”", 0),
        ("Paris”", 1), ("[Paris", 1), ("{Paris}", 0), ("«Paris", 1), ("why?", 0), ("a: b", 0), ("a:", 1), ('6"', 1), ("$5", 0),
    ],
)  # fmt: skip
def test_marks_at_the_edges_of_answers(text, edge):
    assert one(text, text, 0)["edge_marks"] == edge


@pytest.mark.parametrize(
    ("context", "text", "start", "cut"),
    [
        ("Paris is", "Paris", 0, 0), ("Paris is", "aris", 1, 1), ("Paris is", "Pari", 0, 1), ("5km", "5", 0, 1), ("$5m", "$5", 0, 1),
        ("it's", "it", 0, 0), ("巴黎是", "黎", 1, 0), ("ไทย", "ท", 1, 0), ("naïve", "na", 0, 1), ("Paris is", "aris", 0, 0),
        ("Paris", "", 2, 0), ("a-b", "a", 0, 0), ("Cafe\u0301 is", "Cafe", 0, 1), ("Cafe\u0301s", "s", 5, 1), ("Cafe\u0301 is", "Cafe\u0301", 0, 0), ("हिन्दी", "ह", 0, 1),
    ],
)  # fmt: skip
def test_answers_that_end_inside_of_a_word(context, text, start, cut):
    assert one(context, text, start)["splits_word"] == cut


@pytest.mark.parametrize(("text", "words"), [("", 0), ("a b", 2), ("don't", 3), ("巴黎 x", 3), ("$5.00", 4), ("a-b", 3), ("  ", 0)])
def test_words_of_answers_are_those_of_berts_basic_tokenizer(text, words):
    assert one(text, text, 0)["answer_words"] == words


@pytest.mark.parametrize(
    ("plausible", "impossible", "start", "wrong"),
    [(True, True, 0, 0), (True, False, 0, 1), (True, None, 0, 1), (True, True, 1, 1), (False, True, 1, 0), (False, False, 0, 0)],
)
def test_plausible_answers_belong_to_questions_without_one(plausible, impossible, start, wrong):
    found = one("Paris", "Paris", start, plausible=[plausible], impossible=[impossible])
    assert found["plausible_wrong"] == wrong
    assert found["misaligned"] == int(start > 0 and not plausible)


@pytest.mark.parametrize(
    ("context", "blank", "edge"), [("", 1, 0), (" \n", 1, 1), ("\u2003", 1, 1), ("a", 0, 0), (" a", 0, 1), ("a\x1f", 0, 1), ("a b", 0, 0), *((one, 1, int(one.isspace())) for one in sorted(UNSEEN))]
)
def test_contexts_are_blank_of_which_nothing_is_seen_or_begin_with_a_space_as_python_strips(context, blank, edge):
    given_ = {"context": Shared(pl.Series([context, "x"]), np.array([1, 0, 0]))}
    found = evaluate([context_blank, context_edge], given_)
    assert found["context_blank"].to_list() == [0, blank, blank]
    assert found["context_edge"].to_list() == [0, edge, edge]
    assert bool(edge) == (context != context.strip())
    assert bool(blank) == (not any(map(is_seen, context)))


@pytest.mark.parametrize(("question", "words"), [("", 0), (" ", 0), ("Who is it?", 3), ("Who?", 1), ("谁是他？", 4), ("ไทย", 3), ("a b", 2), ("\u200b \u2060 \u3164", 0), ("\ufeffWho is\u200b it?", 3), ("A ☺ \ufe0f", 2)])
def test_words_of_questions(question, words):
    assert evaluate([question_words], {"text": pl.Series([question])})["question_words"].to_list() == [words]


def test_questions_are_one_whatever_their_case_and_marks():
    texts = ["Who is it?", "who is it ?", "WHO IS IT", " who is it？", "Who is it not?", "Who is it?"]
    context = Shared(pl.Series(["c", "d"]), np.array([0, 0, 0, 0, 0, 1]))
    found = evaluate([asked_hash], {"text": pl.Series(texts), "context": context})["asked_hash"].to_list()
    assert len({*found[:4]}) == 1
    assert len({*found}) == 3


def test_contexts_are_one_whatever_nobody_sees_of_them():
    texts = ["A road to the sea.", " A road  to the sea.\n", "A ro\u200bad to\u00a0the sea.", "A road to the sea.\ufe0f", "A road to the seas.", "a road to the sea.", "Aroad to the sea."]
    context = Shared(pl.Series(texts), np.arange(len(texts)))
    found = evaluate([context_hash], {"context": context})["context_hash"].to_list()
    assert len({*found[:4]}) == 1
    assert len({*found}) == 4
    asked = evaluate([asked_hash], {"text": pl.Series(["Who?", "Wh\u2060o?", "Who ?"]), "context": Shared(context.values, np.array([0, 1, 2]))})["asked_hash"]
    assert asked.n_unique() == 1


def test_golds_are_what_an_evaluator_takes():
    frame = pl.DataFrame({"row": [0, 0, 1, 1, 3, 4], "plausible": [False, False, False, False, True, False],
                          "text": ["The Town", "x", "x.", "town", "y", "a"]})  # fmt: skip
    found = evaluate([golds], {"annotations": frame, "text": pl.Series(["?"] * 5)})["golds"].to_list()
    assert found[0] == found[1]
    assert found[2] == found[3] == ""
    assert found[4] not in {"", found[0]}


def _dev():
    content = zipfile.ZipFile(SHARED / "squad/dev-v1.1.json.zip").read("dev-v1.1.json")
    return _asked(json.loads(content))


def _asked(made):
    return [
        (p["context"], q["question"], [(a["text"], a["answer_start"]) for a in q["answers"]])
        for article in made["data"] for p in article["paragraphs"] for q in p["qas"]
    ]  # fmt: skip


@needs_data
def test_published_answers_are_where_they_say():
    assert measured(*_dev())["misaligned"].sum() == 0
    for name in ("en", "zh"):
        asked = _asked(json.loads((SHARED / f"squad/xquad/xquad.{name}.json").read_text()))
        assert len(asked) == 1190
        found = measured(*asked)
        assert found["misaligned"].sum() == 0
        assert found["beyond_points"].sum() == 0


PLANTED = {
    UTF_16: lambda c, s: (c[:9] + "😀" + c[9:], s + 1, lambda c, s: len(c[:s].encode("utf-16-le")) // 2),
    IN_BYTES: lambda c, s: (c, s, lambda c, s: len(c[:s].encode())),
    STRIPPED: lambda c, s: (" " + c, s + 1, lambda c, s: s - 1),
    NFC: lambda c, s: (unicodedata.normalize("NFD", c), len(unicodedata.normalize("NFD", c[:s])), lambda c, s: len(unicodedata.normalize("NFC", c[:s]))),
    NFD: lambda c, s: (c, s, lambda c, s: len(unicodedata.normalize("NFD", c[:s]))),
    LINE_FEEDS: lambda c, s: (c.replace(". ", ".\r\n"), len(c[:s].replace(". ", ".\r\n")), lambda c, s: len(c[:s].replace("\r\n", "\n"))),
    NEXT: lambda c, s: (c, s, lambda c, s: s + 1),
}  # fmt: skip
"""How a context is changed, where the answer then is, and where it is said to be."""


@needs_data
@pytest.mark.parametrize("cause", PLANTED, ids=lambda cause: CAUSES[cause].split()[-1])
def test_a_planted_shift_is_named_by_its_cause(cause):
    """At least 99 of 100, of those that are shifted at all, in real text of two languages."""
    asked = _asked(json.loads((SHARED / "squad/xquad/xquad.en.json").read_text())) + _dev()[:3000]
    shifted = []
    for context, question, spans in asked:
        for text, start in spans[:1]:
            changed, at, said = PLANTED[cause](context, start)
            span = unicodedata.normalize("NFD", text) if cause == NFC else text
            span = span.replace(". ", ".\r\n") if cause == LINE_FEEDS else span
            if changed[at : at + len(span)] == span and changed[said(changed, at):][: len(span)] != span:
                shifted.append((changed, question, [(span, said(changed, at))]))
    assert len(shifted) > 200
    found = measured(*shifted)
    table = found.select("shift", "plausible", split=pl.lit("train"), origin=pl.lit("data"),
                         key=pl.lit("f.json#") + pl.int_range(pl.len()).cast(pl.String) + "@0")  # fmt: skip
    assert (found["misaligned"] == 1).all()
    named = SquadOffsetUnit().failing(table)
    right = named.filter(pl.col("detail") == CAUSES[cause]).height
    assert right >= 0.99 * len(shifted)
    assert fold(SquadOffsetUnit(), [table[:100], table[100:]]).failed == named.height
