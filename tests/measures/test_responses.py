"""Answers, prompts and pairs: what instruments see in them, held against plain Python."""

import re
import string
import tempfile
import unicodedata

import chat_files as made
import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import ignored, is_seen

from datastd.answers import LEADS, OPEN_FENCE, TRAILS, UNENDED
from datastd.disk import Tree
from datastd.measures import evaluate
from datastd.measures.responses import rouge
from datastd.measures.responses.answer_blank import answer_blank
from datastd.measures.responses.answer_ends import answer_ends
from datastd.measures.responses.answer_placeholder import answer_placeholder
from datastd.measures.responses.answer_points import answer_points
from datastd.measures.responses.answer_repeats import answer_repeats
from datastd.measures.responses.blank_sides import blank_sides
from datastd.measures.responses.case_alone import case_alone
from datastd.measures.responses.dialogues import dialogues
from datastd.measures.responses.echoes_prompt import echoes_prompt
from datastd.measures.responses.final_answer import final_answer
from datastd.measures.responses.instruction_words import instruction_words
from datastd.measures.responses.judged_first import judged_first
from datastd.measures.responses.judged_pair import judged_pair
from datastd.measures.responses.lacks_context import lacks_context
from datastd.measures.responses.length_lead import length_lead
from datastd.measures.responses.merged_instructions import merged_instructions
from datastd.measures.responses.not_assistant_last import not_assistant_last
from datastd.measures.responses.prompt_digest import prompt_digest
from datastd.measures.responses.prompt_repeated import prompt_repeated
from datastd.measures.responses.prompts_differ import prompts_differ
from datastd.measures.responses.refusal import refusal
from datastd.measures.responses.said_digest import said_digest
from datastd.measures.responses.score_inverted import score_inverted
from datastd.measures.responses.score_tied import score_tied
from datastd.measures.responses.sides_alike import sides_alike
from datastd.measures.responses.spoken import spoken
from datastd.measures.text import utf8
from datastd.measures.text.character_count import character_count
from datastd.measures.text.repeated_runs import (
    duplicate_5gram_character_fraction,
    top_2gram_character_fraction,
)
from datastd.measures.text.repeats_in_a_row import repeats_in_a_row
from datastd.measures.text.word_count import word_count
from datastd.sources.chat import Chat

TURNS = {
    "row": pl.Int64, "annotation": pl.String, "side": pl.Int8, "turn": pl.Int64, "role": pl.String, "text": pl.String,
    "calls": pl.Int64, "media": pl.Int64, "call_names": pl.List(pl.String), "call_arguments": pl.List(pl.String),
}  # fmt: skip
TEXTS = ("system", "prompt", "response", "chosen", "rejected")


def batch(*samples, **columns):
    """
    What a source gives of samples, each a list of turns (side, role, text) or a pair of texts.

    The columns are filled as the contract of the source says.
    """
    rows, found = [], {name: [] for name in TEXTS}
    for number, one in enumerate(samples):
        turns = [(0, "user", one[0]), (0, "assistant", one[1])] if isinstance(one, tuple) else one
        counts = [0, 0, 0]
        for side, role, text in turns:
            rows.append((number, f"{['', 'chosen.', 'rejected.'][side]}{counts[side]}", side, counts[side], role, text, 0, 0, None, None))
            counts[side] += 1
        sides = [[turn for turn in turns if turn[0] == side] for side in range(3)]
        answers = [n for n, turn in enumerate(sides[0]) if turn[1] == "assistant"]
        before = sides[0] if any(sides[1:]) else sides[0][: answers[-1]] if answers else sides[0]
        users = [text for _, role, text in before if role == "user"]
        found["system"].append(next((text for _, role, text in turns if role == "system"), None))
        found["prompt"].append(users[-1] if users else None)
        found["response"].append(sides[0][answers[-1]][2] if answers else None)
        for name, side in (("chosen", 1), ("rejected", 2)):
            found[name].append(sides[side][-1][2] if sides[side] else None)
    count = len(samples)
    nothing = {"label": pl.Boolean, "images": pl.Int64, "videos": pl.Int64, "audios": pl.Int64, "score_chosen": pl.Float64, "score_rejected": pl.Float64}
    return {
        **{name: pl.Series(name, values, pl.String) for name, values in found.items()},
        **{name: pl.Series(name, columns.get(name, [None] * count), kind) for name, kind in nothing.items()},
        "digest": pl.Series("digest", columns.get("digest", [b""] * count), pl.Binary),
        "annotations": pl.DataFrame(rows, TURNS, orient="row"),
    }


def of(measure, *samples, **columns):
    values = evaluate([measure], batch(*samples, **columns))[measure.column]
    return values if isinstance(values, pl.DataFrame | dict) else [*values]


def said(measure, *answers):
    """What a measure says of answers to one prompt."""
    return of(measure, *[("Why is that so?", one) for one in answers])


def folded(text, *, cased=False):
    """A text as `said.hashes` compares it."""
    seen = (letter for letter in text if letter not in ignored())
    apart = (unicodedata.normalize("NFD", letter if cased else letter.casefold()) if not letter.isspace() else " " for letter in seen)
    return re.sub(" +", " ", "".join(apart)).strip(" ")


LETTERS = st.text(st.sampled_from("ab Aé\u200b\ufeff\u3164\u00a0\u0301\u3000😀\r\n.0中İßΣ\x1c`") | st.characters(exclude_categories=["Cs"]), max_size=24)
LIKE = st.text(st.sampled_from("aA\u200b\u2060 é\u00e9e\u0301\n\u00a0"), max_size=12)


def alike(values):
    """Which are equal, by the first of each."""
    return [values.index(one) for one in values]


@given(st.lists(LETTERS | LIKE, min_size=1, max_size=6))
@example(["abcdefgh  ijklmnop", "ABCDEFGH ijklmnop ", " abcdefgh\tijklmnop", "abcdefghi jklmnop"])
@example(["a" * 8 + " " * 8 + "b" * 8, "a" * 8 + " " + "b" * 8, "\u0149" * 9, "\u02bcn" * 9, "각", "\u1100\u1161\u11a8"])
@settings(max_examples=300, deadline=None)
def test_prompts_are_equal_that_are_when_folded(texts):
    found = of(prompt_digest, *[(one, "Yes.") for one in texts])
    assert alike(found) == alike([folded(one) for one in texts])


@given(st.lists(st.tuples(LIKE, LIKE), min_size=1, max_size=6))
@settings(max_examples=300, deadline=None)
def test_sides_are_alike_that_are_when_folded_in_their_case(pairs):
    samples = [[(0, "user", "Why?"), (1, "assistant", one), (2, "assistant", other)] for one, other in pairs]
    same = [folded(one, cased=True) == folded(other, cased=True) for one, other in pairs]
    assert of(sides_alike, *samples) == [*map(int, same)]
    assert of(case_alone, *samples) == [int(folded(one) == folded(other)) - is_same for (one, other), is_same in zip(pairs, same, strict=True)]


@given(st.lists(st.tuples(LIKE, LIKE, LIKE, st.sampled_from([None, True, False])), min_size=1, max_size=8))
@example([("q", "a", "b", None), ("Q ", "b", "a", None), ("q", "a", "b", True), ("q", "b", "b", False), ("q", "a", "a", True), ("q", "a", "b", None)])
@settings(max_examples=200, deadline=None)
def test_the_same_was_judged_that_is_so_when_folded_and_each_way_is_told(asked):
    samples = [
        [(0, "user", prompt), (1, "assistant", one), (2, "assistant", other)] if label is None else [(0, "user", prompt), (0, "assistant", one)]
        for prompt, one, other, label in asked
    ]  # fmt: skip
    labels = [label for *_, label in asked]
    pairs, first = of(judged_pair, *samples, label=labels), of(judged_first, *samples, label=labels)
    sides = [(folded(one, cased=True), folded(other, cased=True)) for _, one, other, _ in asked]
    expected = [(folded(prompt), label is None, tuple(sorted(side)) if label is None else side[0])
                for (prompt, *_, label), side in zip(asked, sides, strict=True)]  # fmt: skip
    known = [n for n, side in enumerate(sides) if labels[n] is not None or len({*side}) == 2]  # of others F632 is
    assert alike([pairs[n] for n in known]) == alike([expected[n] for n in known])
    for n in known:
        for other in known:
            if pairs[n] == pairs[other]:
                same = sides[n] == sides[other] if labels[n] is None else labels[n] == labels[other]
                assert (first[n] == first[other]) == same


def test_what_judges_nothing_is_like_no_other():
    assert of(judged_pair, ("a", "b"), ("a", "b")) == of(judged_first, ("a", "b"), ("a", "b")) == [None, None]


ROLES = st.sampled_from(["system", "user", "assistant", "tool"])
CHATS = st.lists(st.lists(st.tuples(st.just(0), ROLES, st.sampled_from(["a", "A ", "b", ""])), min_size=1, max_size=5), min_size=1, max_size=6)


def compared(turns):
    """Roles, and what they say: of assistants as it is, of others folded."""
    return tuple((role, text if role == "assistant" else folded(text)) for _, role, text in turns)


def asked(turns):
    """All that comes before the answer, as `prompt_digest` compares it; None where that is nothing."""
    answers = [n for n, (_, role, _) in enumerate(turns) if role == "assistant"]
    before = turns[: answers[-1]] if answers else turns
    return compared(before) or None


@given(CHATS)
@settings(max_examples=200, deadline=None)
def test_what_is_asked_is_all_before_the_answer_with_its_roles(chats):
    found, expected = of(prompt_digest, *chats), [asked(one) for one in chats]
    assert [one is None for one in found] == [one is None for one in expected]
    assert alike(found) == alike(expected)


def test_the_prompt_of_a_pair_is_what_stands_before_both_sides():
    stated = [(0, "user", "a"), (0, "assistant", "b"), (0, "user", "c"), (1, "assistant", "x"), (2, "assistant", "y")]
    within = [(side, role, text) for side in (1, 2) for _, role, text in (*stated[:3], (0, "assistant", "xy"[side - 1]))]
    alone = [*stated[:3], (0, "assistant", "z")]
    found = of(prompt_digest, stated, within, alone, [*stated[:2], (0, "user", "d"), *stated[3:]])
    assert found[0] == found[1] == found[2] != found[3]


@given(CHATS)
@settings(max_examples=200, deadline=None)
def test_dialogues_are_every_run_of_turns_from_the_first_on(chats):
    expected = [
        (row, compared(turns[:stop]), stop == len(turns))
        for row, turns in enumerate(chats) for stop in range(2, len(turns) + 1)
    ]  # fmt: skip
    found = of(dialogues, *chats)
    assert list(found.select("row", "whole").rows()) == [(row, whole) for row, _, whole in expected]
    assert alike(found["conversation"].to_list()) == alike([turns for _, turns, _ in expected])


@given(CHATS, st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_is_said_is_every_turn_with_its_role_and_its_side(chats, is_pair):
    chats = [[(is_pair * n % 3, *turn[1:]) for n, turn in enumerate(one)] for one in chats]
    found = of(said_digest, *chats, digest=[bytes([n] * 32) for n in range(len(chats))])
    sides = [tuple(side for side, *_ in one) for one in chats]
    assert alike(found) == alike([(of_each, compared(one)) for of_each, one in zip(sides, chats, strict=True)])


def test_what_is_called_with_what_and_what_nobody_compares_is_said_too():
    def called(arguments, **more):
        return made.message("assistant", None, tool_calls=[made.call(1, **more) | {"function": {"name": "f", "arguments": arguments}}])

    asked_, said_ = made.message("user", "Where?"), made.message("assistant", "There.")
    shown = [[{"type": "text", "text": "Where?"}, {"type": "image_url", "image_url": {"url": url}}] for url in "aab"]
    records = [
        *({"messages": [asked_, called(*one)]} for one in (("{}",), ('{"a": 1}',))), {"messages": [asked_, called("{}", id_="c1")], "id": 7},
        {"messages": [asked_, said_], "images": ["a"]}, {"messages": [asked_, said_], "images": ["b"]}, {"messages": [asked_, said_]}, made.completion(1) | {"prompt": " where?", "completion": "There."},
        *({"messages": [made.message("user", parts), said_]} for parts in shown),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as root, Chat(Tree(made.write(root, records))) as source:
        (found,) = [one for shard in source.plan().shards for one in source.read(shard)]
    values = evaluate([said_digest], {"annotations": found.annotations, **found.columns})["said_digest"].to_list()
    assert alike(values) == alike([0, 1, 0, 2, 3, 4, 4, 5, 5, 6])
    (prefixes,) = evaluate([dialogues], {"annotations": found.annotations, **found.columns}).values()
    assert prefixes.filter(row=0)["conversation"][0] != prefixes.filter(row=1)["conversation"][0]


def plain_words(text):
    """The words of ``rouge_score``, as its ``tokenize.py`` makes them."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).split()


def plain_likeness(one, other):
    """ROUGE-L's F of two lists of words, by the table of Wagner and Fischer."""
    table = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for n, there in enumerate(other, 1):
            before, table[n] = table[n], before + 1 if word == there else max(table[n], table[n - 1])
    return 2 * table[-1] / (len(one) + len(other)) if one and other else 0.0


ASCII = st.text(st.sampled_from("abcABC019 _-'.\n") | st.sampled_from(string.printable), max_size=40)


@given(st.lists(ASCII, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_words_of_ascii_are_those_of_rouge(texts):
    found = rouge.words(*utf8(pl.Series(texts, dtype=pl.String)))
    words = [plain_words(one) for one in texts]
    assert np.diff(found.offsets).tolist() == [len(some) for some in words]
    assert alike(found.words.tolist()) == alike([word for some in words for word in some])


@pytest.mark.parametrize(("text", "count"), [
    ("Größe und GRÖSSE", 3), ("नमस्ते दुनिया", 2), ("什么是递归？", 5), ("カタカナ", 4), ("e\u0301te\u0301", 1), ("", 0), ("—…", 0), ("สวัสดี", 6), ("𠮷野", 2), ("x²", 1),
])  # fmt: skip
def test_words_of_other_scripts_are_what_they_part(text, count):
    assert np.diff(rouge.words(*utf8(pl.Series([text]))).offsets).tolist() == [count]


def test_words_are_the_same_in_any_case():
    found = rouge.words(*utf8(pl.Series(["Größe ΣΊΣΥΦΟΣ Ünite", "GRÖSSE σίσυφος ünite"])))
    assert found.words[:3].tolist() == found.words[3:].tolist()


@given(st.lists(st.tuples(st.lists(st.sampled_from("abc"), max_size=90), st.lists(st.sampled_from("abc"), max_size=90)), min_size=1, max_size=4))
@example([(["a"] * 64, ["a"] * 65), ([*"ab"] * 64, [*"ba"] * 64), (["a"] * 63 + ["b"], ["b"] + ["a"] * 63)])
@settings(max_examples=200, deadline=None)
def test_likeness_is_that_of_the_longest_common_sequence(pairs):
    sides = [rouge.words(*utf8(pl.Series([" ".join(pair[side]) for pair in pairs], dtype=pl.String))) for side in (0, 1)]
    expected = [plain_likeness(*pair) for pair in pairs]
    assert rouge.likenesses(*sides, 2048).tolist() == [one if one >= 0.5 else 0.0 for one in expected]


@pytest.mark.parametrize(("prompt", "answer", "found"), [
    ("Name the capital of France.", "Name the capital of France. It is Paris, on the Seine, a river.", 1.0),
    ("Name the capital of France.", "name, the CAPITAL of France", 1.0),
    ("Name the capital of France.", "Paris is the capital of France.", 2 * 4 / 11),
    ("Name the capital of France.", "Paris.", 0.0),
    ("Hello there", "Hello there", 0.0),
    ("", "", 0.0),
    ("one two three", "three two one", 0.0),
])  # fmt: skip
def test_an_echo_is_the_prompt_once_more(prompt, answer, found):
    assert of(echoes_prompt, (prompt, answer)) == [found]


@given(st.lists(LETTERS, min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_answers_are_blank_of_which_nothing_is_seen_and_spaced_as_python_strips_them(answers):
    blank = [not any(map(is_seen, one)) for one in answers]
    assert said(answer_blank, *answers) == [*map(int, blank)]
    edges = [None if one is None else one & (LEADS | TRAILS) for one in said(answer_ends, *answers)]
    assert edges == [LEADS * (one != one.lstrip()) | TRAILS * (one != one.rstrip()) if not is_blank else None
                     for one, is_blank in zip(answers, blank, strict=True)]  # fmt: skip
    assert said(answer_points, *answers) == [len(one) for one in answers]


@pytest.mark.parametrize("answer", [
    "Done.", "Done!", "Is it?", "So:", "And…", '"Yes."', "(yes)", "**bold**", "`code`", "你好。", "はい」", "😀", "| a | b |", "<b>x</b>", "x.  \n", "да.»", "क।",
])  # fmt: skip
def test_what_closes_something_or_ends_a_sentence_is_an_end(answer):
    assert not said(answer_ends, answer)[0] & UNENDED


@pytest.mark.parametrize("answer", ["and the", "one,", "so -", "x =", "(", "42", "你好", "a;", "$", "1.\n2", "“"])
def test_anything_else_is_none(answer):
    assert said(answer_ends, answer)[0] & UNENDED


@pytest.mark.parametrize(("answer", "is_open"), [
    ("```\nx\n```", False), ("```python\nx", True), ("```\nx\n``", True), ("````\n```\nx\n````", False), ("```` \n```\n", True), ("a ``` b", False),
    ("```x``` y", False), ("  ```\nx\n   ```  ", False), ("> ```\n> x\n> ```", False), ("```\n```\n```", True), ("```\r\nx\r\n```\r\n", False),
    ("```\nx\n``` and", True), ("no fence", False), ("```", True),
])  # fmt: skip
def test_a_fence_is_open_until_a_line_of_as_many_backticks(answer, is_open):
    assert bool(said(answer_ends, answer)[0] & OPEN_FENCE) == is_open


@pytest.mark.parametrize("answer", ["<No Output>", "n/a", "N/A ", "none", "None\n", "TODO", "\u3000<noinput>", "<nooutput>"])
def test_placeholders_are_known_in_any_case(answer):
    assert said(answer_placeholder, answer, "None of it.") == [1, 0]


@pytest.mark.parametrize("answer", ["", "none.", "no output", "<none>", "n / a", "todo list", "none" + " " * 90 + "x"])
def test_other_words_are_no_placeholder(answer):
    assert said(answer_placeholder, answer) == [0]


MERGED = re.compile(r"\n##\s*\n?\s*\d+\.\s*Instruction:")


@given(st.lists(st.text(st.sampled_from("\n# 1.\x1c"), max_size=6), min_size=1, max_size=4), st.sampled_from(["Instruction:", "instruction:", "Instruction"]))
@settings(max_examples=200, deadline=None)
def test_merged_instructions_are_those_of_the_catalogue(heads, word):
    answers = [f"Yes.{head}{word} go on" for head in heads]
    assert said(merged_instructions, *answers) == [int(bool(MERGED.search(one))) for one in answers]


REFUSES = re.compile(r"\bas an ai( language)? model\b|\bI cannot\b|\bI['’]m sorry, but\b", re.IGNORECASE)


@given(st.lists(st.tuples(st.integers(180, 205), st.sampled_from(["I cannot", "as an AI model", "As an AI language model,", "I’m sorry, but", "Hawaii cannot"])), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_refusals_are_looked_for_in_the_first_200_characters(drawn):
    answers = [f"{'é' * (n - 1)} {text} x" for n, text in drawn]
    assert said(refusal, *answers) == [int(bool(REFUSES.search(one[:200]))) for one in answers]
    assert said(refusal, "I cannot say.", "Cannot say I.") == [1, 0]


@pytest.mark.parametrize("prompt", [
    "https://a.b/c", " http://a.b/c \n", "www.example.com", "Sum this up:\nhttps://a.b/c", "See [image attached] here", "See (Attached file).",
    "What does this image show?", "Describe the following diagram", "Look at the picture above, please", "IN THIS PHOTO, who smiles?", "Sum up the attached report file.",
    "What is in the video?",
])  # fmt: skip
def test_what_a_model_cannot_see_is_asked_about(prompt):
    assert of(lacks_context, (prompt, "Yes.")) == [1]
    assert of(lacks_context, (prompt, "Yes."), images=[1]) == [0]


@pytest.mark.parametrize("prompt", [
    "Is https://a.b/c an address?", "Write a paragraph.", "Plot the graph of a sine.", "Draw a picture of a cat in words.", "Explain image processing",
    "What does <image> this image show?", "Describe this image: https://a.b/c.png please", "Who plays in the video game?", "Is this photogenic?", "", "He is attached to this map.",
])  # fmt: skip
def test_what_it_can_is_not(prompt):
    assert of(lacks_context, (prompt, "Yes.")) == [0]


def test_a_picture_in_a_turn_is_there():
    given_ = batch(("What is in this picture?", "A cat."))
    given_["annotations"] = given_["annotations"].with_columns(media=pl.Series([1, 0]))
    assert [*evaluate([lacks_context], given_)["lacks_context"]] == [0]


@pytest.mark.parametrize(("answer", "final"), [
    ("So he has 5.\n#### 5", "5.0"), ("#### 1,000", "1000.0"), ("####5\n", "5.0"), ("#### x\nand more", None), (r"Thus \boxed{\frac{1}{2}}", r"\frac{1}{2}"), (r"Thus \boxed{ 7 }.", "7.0"),
    ("The answer is 42.", "42.0"), ("Answer: (B)", "b"), ("The final answer is **$3.50**.", "3.5"), ("Paris", "paris"), ("New York City", "new york city"),
    ("It is New York City", None), ("1.0", "1.0"), ("1", "1.0"), ("50%", "50.0"), ("", None), ("...", None), ("The answer is blowing in the wind.", None), ("yes.", "yes"), ("Yes!", "yes"),
    ("inf", "inf"), ("nan", "nan"),
])  # fmt: skip
def test_answers_come_to_what_they_say(answer, final):
    assert said(final_answer, answer) == [final]


def test_repetition_is_measured_as_in_text():
    answers = ["So it is. " * 30, "A text in which nothing is said twice, but for a word.", ""]
    found = pl.DataFrame(said(answer_repeats, *answers))
    text = evaluate([top_2gram_character_fraction, duplicate_5gram_character_fraction, repeats_in_a_row, word_count], {"text": pl.Series(answers)})
    assert found["top_2"].to_list() == text["top_2gram_character_fraction"].tolist()
    assert found["duplicate_5"].to_list() == text["duplicate_5gram_character_fraction"].tolist()
    assert found["times"].to_list() == text["repeats_in_a_row"].tolist()
    assert found["words"].to_list() == text["word_count"].tolist()
    assert character_count.column not in found.columns


PAIR = [(0, "user", "Why?"), (1, "assistant", "So."), (2, "assistant", "No.")]


def sided(*turns):
    return [(0, "user", "Why?"), *turns]


@pytest.mark.parametrize(("measure", "turns", "found"), [
    (blank_sides, PAIR, 0), (blank_sides, sided((1, "assistant", " "), (2, "assistant", "")), 2), (blank_sides, sided((1, "assistant", None), (2, "assistant", "x")), 1),
    (blank_sides, [(0, "user", ""), (0, "assistant", "")], 0), (blank_sides, sided((1, "user", ""), (1, "assistant", "x"), (2, "assistant", "\u2003x")), 0),
    (not_assistant_last, PAIR, 0), (not_assistant_last, sided((1, "user", "x"), (2, "tool", "y")), 2), (not_assistant_last, sided((1, "assistant", "x"), (1, "user", "y"), (2, "assistant", "z")), 1),
    (not_assistant_last, [(0, "user", "x")], 0), (not_assistant_last, sided((1, None, "x"), (2, "assistant", "y")), 1),
    (prompts_differ, PAIR, 0), (prompts_differ, [(1, "user", "a"), (1, "assistant", "x"), (2, "user", "a"), (2, "assistant", "y")], 0),
    (prompts_differ, [(1, "user", "a"), (1, "assistant", "x"), (2, "user", "A"), (2, "assistant", "y")], 1),
    (prompts_differ, [(1, "user", "a"), (1, "assistant", "x"), (2, "system", "a"), (2, "assistant", "y")], 1),
    (prompts_differ, [(1, "user", "a"), (1, "assistant", "x"), (2, "assistant", "y")], 1),
    (prompts_differ, [(1, "user", None), (1, "assistant", "x"), (2, "user", None), (2, "assistant", "y")], 0),
    (prompt_repeated, PAIR, 0), (prompt_repeated, sided((1, "user", "WHY? "), (1, "assistant", "x"), (2, "assistant", "y")), 1),
    (prompt_repeated, sided((1, "assistant", "Why?"), (2, "assistant", "y")), 0), (prompt_repeated, sided((1, "user", "Where?"), (1, "assistant", "x"), (2, "assistant", "y")), 0),
    (prompt_repeated, sided((1, "assistant", "x"), (2, "user", "Why?"), (2, "assistant", "y")), 1),
    (prompt_repeated, [(1, "user", "Why?"), (1, "assistant", "x"), (2, "user", "Why?"), (2, "assistant", "y")], 0),
    (prompt_repeated, sided((0, "assistant", "Because."), (0, "user", "And?"), (1, "user", "And?"), (1, "assistant", "x"), (2, "assistant", "y")), 1),
])  # fmt: skip
def test_pairs_are_looked_at_turn_by_turn(measure, turns, found):
    beside = [("Why?", "So."), PAIR]
    assert of(measure, turns) == [found]
    assert of(measure, *beside, turns, *beside) == [0, 0, found, 0, 0]


def test_a_side_that_calls_a_tool_says_something():
    given_ = batch(sided((1, "assistant", None), (2, "assistant", "x")))
    given_["annotations"] = given_["annotations"].with_columns(calls=pl.Series([0, 1, 0]))
    assert [*evaluate([blank_sides], given_)["blank_sides"]] == [0]


NUMBERS = st.none() | st.sampled_from([0.0, 1.0, -0.5, float("nan")])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_scores_are_in_order_or_tied_or_neither(scores):
    columns = {"score_chosen": [one for one, _ in scores], "score_rejected": [other for _, other in scores]}

    def known(one):
        return one is not None and one == one

    assert of(score_inverted, *[PAIR] * len(scores), **columns) == [
        int(known(one) != known(other) or (known(one) and one < other)) for one, other in scores
    ]
    assert of(score_tied, *[PAIR] * len(scores), **columns) == [int(known(one) and one == other) for one, other in scores]


def test_the_longer_side_has_more_code_points():
    samples = [sided((1, "assistant", one), (2, "assistant", other)) for one, other in (("éé", "abc"), ("ab", "éé"), ("abc", "éé"))]
    assert of(length_lead, *samples, ("Why?", "So.")) == [-1, 0, 1, None]


def test_the_answer_is_what_a_model_is_to_learn():
    samples = [("a", "one"), ("b", "three"), ("c", "fiver"), [*PAIR[:1], (0, "assistant", "x"), (0, "user", "y"), *PAIR[1:]], [(0, "user", "x")]]
    assert of(answer_points, *samples, label=[True, False, None, None, None]) == [3, None, 5, 3, None]
    assert of(answer_blank, ("a", " " * 40), ("b", " " * 40), label=[True, False]) == [1, 0]
    assert said(answer_ends, " ") == [None]


def test_instructions_are_the_first_turn_of_a_user():
    chat = [(0, "system", "s"), (0, "user", "one two"), (0, "assistant", "x"), (0, "user", "three")]
    found = of(instruction_words, chat, ("…", "x"), ("two", "x"), [(0, "assistant", "x")], ("Two ONE", "x"))
    assert found["row"].to_list() == [0, 2, 4]
    first, second, third = found["words"].to_list()
    assert (first[1:], first) == (second, third[::-1])


def test_languages_are_those_of_prompt_and_answer():
    from datastd.languages import LID_176

    english, french = "Where is the town hall of this city, and when is it open?", "La mairie de cette ville est ouverte tous les jours de la semaine."
    given_ = {**batch((english, french), (f"Translate: {english}", french), (english, ""), ("Is that German?", french), ("Which language is that?", french)), "language_model": LID_176}
    found = evaluate([spoken], given_)["spoken"]
    if found["asked"].null_count() == 5:
        pytest.skip("the model of languages is not installed")
    assert found.select("asked", "answered").row(0) == ("en", "fr")
    assert found["wanted"].to_list() == [False, True, False, True, True]
    assert found["answered_probability"][2] == 0
    assert found["answered_probability"][0] > 0.9


def test_without_the_model_nothing_is_said_of_languages():
    found = evaluate([spoken], {**batch(("Why?", "So."), ("Why?", "")), "language_model": "0" * 64})["spoken"]
    assert found.null_count().row(0, named=True) == {
        "row": 0, "asked": 2, "asked_probability": 2, "answered": 2, "answered_probability": 2, "wanted": 0,
    }  # fmt: skip


def test_many_samples_may_have_no_turn_at_all():
    nothing = {**batch(("a", "b")), "annotations": pl.DataFrame(schema=TURNS)}
    measures = (prompt_digest, blank_sides, not_assistant_last, prompts_differ, prompt_repeated, instruction_words, dialogues, lacks_context)
    found = evaluate(measures, nothing)
    assert {*found} == {one.column for one in measures}
    assert [*found["prompt_digest"]] == [None]
