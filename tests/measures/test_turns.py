"""Instruments for turns, each against a plain reading of the same records."""

import json
import tempfile

import chat_files as made
import polars as pl
import pytest
import tokenizer_files
from chat_files import message, turn, write
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED, ignored, is_seen, needs_data

import datastd
from datastd.disk import Tree
from datastd.measures import evaluate
from datastd.measures.turns.calls import are_objects
from datastd.measures.turns.marks import ANY_CASE, CAPITAL, CONTROLS, SMALL
from datastd.schemas.chat import MEASURES
from datastd.sources import Batch
from datastd.sources.chat import Chat
from datastd.tokenizer import Tokenizer


def measured(records, **more):
    """What the measures of chat/1 say of records: of each, and of each of its turns."""
    with tempfile.TemporaryDirectory() as root, Chat(Tree(write(root, records))) as source:
        batches = [one for shard in source.plan().shards for one in source.read(shard)]
    (batch,) = [one for one in batches if isinstance(one, Batch)]
    samples = evaluate([one for one in MEASURES if one.over == "samples"], {"annotations": batch.annotations, **batch.columns, **more})
    turns = evaluate([one for one in MEASURES if one.over == "annotations"], {**batch.columns, **dict(batch.annotations.to_dict(as_series=True))})
    frame = pl.DataFrame({name: pl.Series(name, values) for name, values in turns.items()})
    tables = {name: samples.pop(name) for name in [*samples] if isinstance(samples[name], pl.DataFrame)}
    return pl.DataFrame({name: pl.Series(name, values) for name, values in samples.items()}), frame.with_columns(row=batch.annotations["row"]), tables


ROLES = ["system", "developer", "user", "assistant", "tool", "function", "bot", "User"]
TALK = st.lists(st.sampled_from(ROLES), min_size=1, max_size=7)


def expected_order(roles):
    """torchtune's validate_messages and its like, one rule at a time."""
    before = [None, *roles]
    return {
        "no_assistant": int("assistant" not in roles), "last_not_assistant": int(roles[-1] != "assistant"),
        "late_systems": sum(role in {"system", "developer"} for role in roles[1:]),
        "repeated_users": sum(a == b == "user" for a, b in zip(before, roles, strict=False)),
        "unasked_answers": sum(b == "assistant" and a not in {"user", "tool", "function"} for a, b in zip(before, roles, strict=False)),
        "lacking_messages": max(0, 2 - len(roles)),
    }  # fmt: skip


@given(st.lists(TALK, min_size=1, max_size=5))
@settings(deadline=None)
def test_the_order_of_messages_is_that_of_a_plain_reading(talks):
    samples, turns, _ = measured([{"messages": [message(role, "x") for role in roles]} for roles in talks])
    for n, roles in enumerate(talks):
        known = samples.row(n, named=True)
        assert {name: known[name] for name in expected_order(roles)} == expected_order(roles)
        assert turns.filter(row=n)["unknown_role"].to_list() == [int(role not in ROLES[:6]) for role in roles]
        assert known["misplaced_turns"] == known["odd_turns"] == 0


TAGS = ["human", "gpt", "system", "observation", "function_call"]


@given(st.lists(st.tuples(st.lists(st.sampled_from(TAGS), min_size=1, max_size=6), st.booleans(), st.booleans()), min_size=1, max_size=4))
@settings(deadline=None)
def test_the_order_of_tags_is_that_of_llama_factory(talks):
    records = []
    for tags, has_system, is_pair in talks:
        record = {"conversations": [turn(tag, "x") for tag in tags]}
        record |= {"system": "y"} if has_system else {}
        records.append(record | ({"chosen": turn("gpt", "a"), "rejected": turn("gpt", "b")} if is_pair else {}))
    samples, _, _ = measured(records)
    for n, (tags, has_system, is_pair) in enumerate(talks):
        rest = tags[1:] if tags[0] == "system" else tags  # converter.py, SharegptDatasetConverter
        accepted = ({"human", "observation"}, {"gpt", "function_call"})
        wrong = sum(tag not in accepted[place % 2] for place, tag in enumerate(rest))
        assert samples["misplaced_turns"][n] == wrong
        assert samples["odd_turns"][n] == int((len(rest) % 2 == 0) == is_pair or not rest)
        assert samples["unasked_answers"][n] == 0  # which are of messages
        assert samples["late_systems"][n] == (has_system and tags[0] == "system")  # of which it takes the second


def widened(mark):
    """A mark in letters of full width."""
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in mark)


MARK = st.sampled_from([
    *CONTROLS, *map(str.upper, CONTROLS), *map(str.lower, CONTROLS), *map(widened, CONTROLS), "<image>", "<video>", "<audio>", "<think>",
    "</think>", "<Image>", "<im\u200bage>", "＜think>", "<｜end▁of▁sentence｜>", "<|im_\u200bend|>", "[\ufeffINST]", "<", "|>", " ", "\n", "é", "[", "#",
    "text", "<|im_", "\u00a0", "\u200b", "。", "<<", "### ",
])  # fmt: skip
SAID = st.lists(MARK, max_size=8).map("".join)


def unbalanced(text):
    depth, is_nested = 0, False
    opens, closes = text.count("<think>"), text.count("</think>")
    while text:
        if text.startswith("<think>"):
            is_nested |= depth > 0
            depth += 1
        elif text.startswith("</think>"):
            is_nested |= depth == 0
            depth = max(depth - 1, 0)
        text = text[1:]
    return opens != closes or is_nested


def controls(text):
    """How many control strings there are, once what nobody sees is left out and full width is made half."""
    seen = "".join(one for one in text if one not in ignored())
    half = "".join(chr(ord(one) - 0xFEE0) if "！" <= one <= "～" else "_" if one == "▁" else one for one in seen)
    return sum(half.lower().count(mark.lower()) for mark in ANY_CASE) + sum(half.count(mark) for mark in (*SMALL, *CAPITAL))


@given(st.lists(st.lists(st.tuples(st.sampled_from(ROLES[:4]), SAID), min_size=1, max_size=4), min_size=1, max_size=4))
@settings(deadline=None, max_examples=200)
def test_what_is_said_is_that_of_a_plain_reading(talks):
    samples, *_ = measured([{"messages": [message(*one) for one in talk], "images": ["a"] * n} for n, talk in enumerate(talks)])
    for n, talk in enumerate(talks):
        texts, known = [text for _, text in talk], samples.row(n, named=True)
        assert known["control_strings"] == sum(map(controls, texts))
        assert known["blank_turns"] == sum(not any(map(is_seen, text)) for text in texts)
        counts = [sum(text.count(place) for text in texts) for place in ("<image>", "<video>", "<audio>")]
        assert known["media_gap"] == abs(counts[0] - n) + counts[1] + counts[2]
        answers = ["<think>" in text for role, text in talk if role == "assistant"]
        assert known["odd_thinking"] == sum(map(unbalanced, texts)) + (0 < sum(answers) < len(answers))


def test_a_call_or_a_picture_says_something_in_any_form_and_nothing_does_not():
    shows = {"type": "image_url", "image_url": {"url": "a"}}
    records = [
        {"messages": [message("user", "x"), message("assistant", "", tool_calls=[made.call(1)])]},
        {"messages": [message("user", [shows]), message("assistant", "x")]}, made.sharegpt(1, system=""),
        made.completion(1, completion=" "), made.alpaca(1, output=""), made.alpaca(1) | {"instruction": "", "input": "\u200b"},
        made.preference(1, rejected="\u3164", prompt="\ufeff"), made.kto(1, completion=""), made.stepwise(1) | {"completions": ["", "a", "\u00ad"]},
        {"conversations": [turn("human", "\u2060"), turn("gpt", "a")], "system": "\u200b"},
    ]  # fmt: skip
    assert measured(records)[0]["blank_turns"].to_list() == [0, 0, 0, 1, 1, 1, 2, 1, 2, 2]


WORDS = st.sampled_from(["", "a", "b", "c0", "c1"])
EVENTS = st.lists(st.tuples(st.sampled_from(["user", "assistant", "calls", "tool"]), st.lists(WORDS, max_size=3)), max_size=7)


def expected_calls(events):
    found, owner, waiting = [0] * len(events), None, []
    for n, (kind, names) in enumerate(events):
        if kind == "tool":
            wanted = names[0] if names else None
            if wanted in waiting:
                waiting.remove(wanted)
            else:
                found[n] += 1
            continue
        if owner is not None:
            found[owner] += len(waiting)
        owner, waiting = (n, [*names]) if kind == "calls" and names else (None, [])
    if owner is not None and owner != len(events) - 1:
        found[owner] += len(waiting)
    return found


@given(st.lists(EVENTS.filter(len), min_size=1, max_size=3))
@settings(deadline=None, max_examples=200)
def test_calls_and_answers_are_matched_as_a_plain_reading_does(talks):
    def one(kind, names):
        if kind == "calls":
            return message("assistant", "so", tool_calls=[made.call(1, id_=name) for name in names])
        return message(kind, "x", **({"tool_call_id": names[0]} if kind == "tool" and names else {}))

    _, turns, _ = measured([{"messages": [one(*event) for event in talk]} for talk in talks])
    for n, talk in enumerate(talks):
        assert turns.filter(row=n)["unmatched_calls"].to_list() == expected_calls(talk)


@given(st.lists(st.one_of(st.text(max_size=6), st.sampled_from(["{}", ' {"a": [1]}\n', "[]", "7", '"a"', "{} {}", "", '{"a":1,"a":1}', "null"])), max_size=6))
def test_objects_are_told_as_json_tells_them(texts):
    def is_object(text):
        try:
            return isinstance(json.loads(text, object_pairs_hook=lambda pairs: dict(pairs) if len(dict(pairs)) == len(pairs) else None), dict)
        except ValueError:
            return False

    assert are_objects(pl.Series(texts, dtype=pl.String)).tolist() == [is_object(one) for one in texts]


@pytest.mark.parametrize(
    ("weight", "role", "odd"),
    [(0, "assistant", 0), (1, "assistant", 0), (2, "assistant", 1), (-1, "assistant", 1), (0.0, "assistant", 1), ("1", "assistant", 1),
     (True, "assistant", 1), (None, "assistant", 1), (1, "user", 1), (0, "tool", 1)],
)  # fmt: skip
def test_weights_are_zero_and_one_and_the_assistants(weight, role, odd):
    _, turns, _ = measured([{"messages": [message(role, "x", weight=weight)]}])
    assert turns["odd_weight"].to_list() == [odd]


def tokens(talk):
    """Of a tokenizer of bytes, whose one longer token is the space before a t; as OpenAI counts."""
    def ids(text):
        return len(text.encode()) - text.count(" t")

    sizes = [3 + ids(role) + ids(text) for role, text in talk]
    first = next((n for n, (role, _) in enumerate(talk) if role == "assistant"), None)
    before = sum(sizes) + 3 if first is None else sum(sizes[:first]) + 3 + ids("assistant")
    return sum(sizes) + 3, before


@given(st.lists(st.lists(st.tuples(st.sampled_from(ROLES[:4]), st.sampled_from(["a", " the town", "é" * 9, ""])), min_size=1, max_size=5), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_tokens_are_counted_as_openai_counts_them(talks):
    pytest.importorskip("tokenizers")
    with tempfile.TemporaryDirectory() as root:
        from pathlib import Path

        path = tokenizer_files.written(Path(root) / "tokenizer.json", tokenizer_files.of_bytes())
        tokenizer = Tokenizer("tokenizer", path)
        records = [{"messages": [message(*one) for one in talk]} for talk in talks]
        for most in (1, 60):
            table = measured(records, tokenizer=tokenizer, most_tokens=most)[2]["conversation_tokens"]
            assert table["row"].to_list() == [*range(len(talks))]
            for talk, (_, found, before) in zip(talks, table.rows(), strict=True):
                most_bytes = sum(3 + len(role) + len(text.encode()) for role, text in talk) + 3
                assert (found, before) == (tokens(talk) if most_bytes > most else (most_bytes, most_bytes))
        tokenizer.close()


def test_an_answer_of_no_weight_is_not_what_is_learnt(tmp_path):
    pytest.importorskip("tokenizers")
    tokenizer_files.written(tmp_path / "tokenizer.json", tokenizer_files.of_bytes())
    long = [message("user", "x" * 100), message("assistant", "y" * 3000, weight=0), message("user", "z" * 1000), message("assistant", "w" * 900, weight=1)]
    records = made.many(made.openai, 10)
    for record, cut in (([*long[:3], long[3] | {"weight": 1}], True), ([long[0], long[1] | {"weight": 1}, *long[2:]], False)):
        folder = write(tmp_path / f"{cut}", [*records, {"messages": record}])
        report = datastd.check(folder, "chat/1", inputs={"tokenizer": tmp_path / "tokenizer.json"})
        assert (report["F617"].failed, report["F656"].failed) == (1, int(cut))
        assert report.failing("F617")["key"].to_list() == ["train.jsonl#10"]


def test_what_a_tokenizer_calls_special_is_found_in_any_text(tmp_path):
    pytest.importorskip("tokenizers")
    added = [{"id": 257 + n, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": special}
             for n, (content, special) in enumerate({"<end.turn>": True, "|": False, "<|im_end|>": True, "<image>": True, "[+]": True}.items())]  # fmt: skip
    tokenizer_files.written(tmp_path / "tokenizer.json", tokenizer_files.of_bytes(added_tokens=added))
    records = [
        *made.many(made.openai, 10), made.completion(1, prompt="A <end.turn> and a [+].", completion="<end.turn>"), made.completion(2, completion="a | b [x]"),
        made.completion(3, completion="<|im_end|>"), made.completion(4, prompt="<image>?", images=["a"]), made.preference(5, rejected="[+]"),
        {"messages": [message("user", "Where?"), message("assistant", "There.", reasoning_content="So <end.turn>", name="a")]},
    ]  # fmt: skip
    report = datastd.check(write(tmp_path / "data", records), "chat/1", inputs={"tokenizer": tmp_path / "tokenizer.json"})
    assert [(one.key, one.observed) for one in report["F695"].examples] == [("train.jsonl#10", 3), ("train.jsonl#14", 1), ("train.jsonl#15", 1)]
    assert report.failing("F624")["key"].to_list() == ["train.jsonl#12"]
    assert report["F623"].outcome == "pass"


def test_without_a_tokenizer_nobody_asks_for_tokens(tmp_path):
    report = datastd.check(write(tmp_path, made.many(made.openai)), "chat/1")
    assert {(one.code, one.needs) for one in report.not_asked} >= {("F617", "tokenizer"), ("F656", "tokenizer"), ("F695", "tokenizer")}


@needs_data
@pytest.mark.parametrize(
    ("name", "found"),
    [("glaive_toolcall_en_demo.json", {}), ("dpo_en_demo.json", {}), ("identity.json", {}),
     # An answer with two </s> in it, and one that goes on as <|user|>: looked at, and right; both are labelled as bad.
     ("kto_en_demo.json", {"F624": ["kto_en_demo.json#139", "kto_en_demo.json#257"]}),
     ("v1_sft_demo.jsonl", {"F604": [f"v1_sft_demo.jsonl#{n}@{t}" for n in range(500) for t in (0, 1)]})],  # loss_weight, in all
)  # fmt: skip
def test_what_is_found_in_published_demos_is_there(name, found, tmp_path):
    folder = write(tmp_path, (SHARED / "llamafactory" / "data" / name).read_bytes(), name)
    report = datastd.check(folder, "chat/1")
    wrong = [one.code for one in report.verdicts if one.outcome != "pass" and one.code[1] == "6" and one.code < "F631"]
    assert {code: report.failing(code)["key"].to_list() for code in wrong} == found


@needs_data
@pytest.mark.parametrize("split", ["train", "test"])
def test_nothing_is_wrong_with_the_form_of_gsm8k(split, tmp_path):
    text = (SHARED / "gsm8k/grade_school_math/data" / f"{split}.jsonl").read_text()
    known = [json.loads(one) for one in text.splitlines()]
    tasks = [{"instruction": one["question"], "input": "", "output": one["answer"]} for one in known]
    talks = [{"messages": [message("user", one["question"]), message("assistant", one["answer"])]} for one in known]
    for n, records in enumerate((tasks, talks)):
        report = datastd.check(write(tmp_path / str(n), records, "train.json"), "chat/1")
        assert report.accounting.samples == len(known)
        assert [one.code for one in report.verdicts if one.code[:2] == "F6" and one.outcome != "pass"] == []


@needs_data
def test_seed_tasks_are_in_the_form_of_nobody(tmp_path):
    folder = write(tmp_path, (SHARED / "self_instruct/data/seed_tasks.jsonl").read_bytes())
    assert not Chat.recognises(Tree(folder))  # an instruction, and instances in place of an output
    report = datastd.check(folder, "chat/1", format="chat")
    assert report["F621"].failed == report.accounting.samples == 175
