"""Instruction tuning: nothing but answers is learned, wherever the template puts them."""

import json
import math

import numpy as np
import pytest
from chat_files import (
    alpaca,
    completion_of_messages,
    many,
    openai,
    sharegpt_tools,
    with_tools,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from language_cases import CHATML, MARKED, byte_pairs, close, gpt, learned
from support import SHARED, needs_data

torch = pytest.importorskip("torch")

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.objectives.known import Instruction
from datastd.train import preview

LLAMA = (
    "{% for one in messages %}{% if one.role == 'user' %}[INST] {{ one.content }} [/INST]"
    "{% elif one.role == 'assistant' %} {{ one.content }}</s>{% else %}{{ raise_exception('no ' + one.role) }}{% endif %}{% endfor %}"
)
FORGETS = (  # as templates that leave out what was thought before the last answer
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{% if one.role == 'assistant' and loop.last %}<think></think>{% endif %}"
    "{{ one.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEMPLATES = {"prefixes": CHATML, "marks": MARKED, "no generation prompt": LLAMA}
IGNORED = -100


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    place = tmp_path_factory.mktemp("pairs")
    named = {**TEMPLATES, "forgets": FORGETS}
    return {name: byte_pairs(place / name, template=template) for name, template in named.items()}


def turns(*texts):
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]


def sample(*texts, **more):
    return {"key": "k", "form": "openai", "messages": turns(*texts), **more}


def told(task, item):
    """What is learned of an item, in runs."""
    labels, runs = item["labels"], [[]]
    for label in labels.tolist():
        if label != IGNORED:
            runs[-1].append(label)
        elif runs[-1]:
            runs.append([])
    return [task.known.decode(run) for run in runs if run]


ENDS = {"prefixes": "<|im_end|>\n", "marks": "<|im_end|>", "no generation prompt": "</s>"}


@pytest.mark.parametrize("name", TEMPLATES)
@settings(max_examples=40)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip), min_size=2, max_size=6))
def test_answers_and_their_end_are_learned_and_nothing_else(name, paths, texts):
    texts = texts[: len(texts) // 2 * 2]
    task = Instruction(tokenizer=paths[name], length=4096)
    item = task.item(sample(*texts), None)
    before = " " if name == "no generation prompt" else ""
    assert told(task, item) == [before + text + ENDS[name] for text in texts[1::2]]
    ids = np.append(item["input_ids"], item["labels"][-1])
    learned_ = item["labels"] != IGNORED
    assert (item["labels"][learned_] == ids[1:][learned_]).all()


def test_a_template_that_writes_an_answer_in_another_way_later_is_refused_by_name(paths):
    task = Instruction(tokenizer=paths["forgets"], length=4096)
    assert told(task, task.item(sample("a", "b"), None)) == ["<think></think>b<|im_end|>\n"]
    with pytest.raises(UsageError, match=r"k: expected a chat template that begins to write as it does for 2 turns alone") as error:
        task.item(sample("a", "b", "c", "d"), None)
    assert "{% generation %}" in str(error.value)


@pytest.mark.parametrize(
    ("name", "one", "says"),
    [
        ("no generation prompt", {"key": "k", "form": "openai", "messages": [{"role": "system", "content": "s"}]}, "turns that the chat template can write, found no system"),
        ("prefixes", sample("a", " "), "answers of text"),
        ("prefixes", sample("a <|im_end|>", "b"), "tokens of the template in the template alone"),
        ("prefixes", sample("a", "<|endoftext|>"), "tokens of the template in the template alone"),
        ("prefixes", sample("a", "b", tools="look_up"), "tools as JSON, found other text"),
        ("prefixes", sample("a", "b", form="kto"), "one of openai, sharegpt, alpaca, completion, found kto"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_refused_by_name(name, one, says, paths):
    with pytest.raises(UsageError, match=f"k: expected .*{says}"):
        Instruction(tokenizer=paths[name]).item(one, None)


def test_a_folder_without_a_template_is_refused(tmp_path):
    with pytest.raises(UsageError, match="expected one with a chat_template, found none"):
        Instruction(tokenizer=byte_pairs(tmp_path, template=None)).known


def test_what_is_cut_away_weighs_nothing_and_is_counted(paths):
    task, model = Instruction(tokenizer=paths["prefixes"], length=24), gpt().eval()
    items = [task.item(one, None) for one in (sample("a", "b"), sample("a " * 40, "b"), sample("a", "b " * 40))]
    assert [len(one["labels"]) for one in items] == [len(items[0]["labels"]), 24, 24]
    batch = task.collate(items)
    alone = [task.weight(task.collate([one])) for one in items]
    assert alone[1] == 0
    assert min(alone[0], alone[2]) > 0
    assert task.weight(batch) == sum(alone)
    assert task.loss(model, task.collate(items[1:2])).item() == 0
    scores = task.scores(task.judge(model, batch))
    assert close(scores["cut"], 1 / 3)
    assert math.isnan(task.scores(task.judge(model, task.collate(items[1:2])))["loss"])


def test_the_loss_is_that_of_transformers(paths):
    task, model = Instruction(tokenizer=paths["marks"], length=128), gpt().eval()
    items = [task.item(one, None) for one in (sample("Who?", "Nobody."), sample("a", "b", "c", "d"))]
    batch = task.collate(items)
    labels = torch.cat([torch.full((2, 1), IGNORED), batch["labels"]], 1)
    ids = torch.cat([batch["input_ids"], torch.where(labels[:, -1:] == IGNORED, 0, labels[:, -1:])], 1)
    theirs = model(ids, labels=labels).loss.item()
    assert close(task.loss(model, batch).item(), theirs * task.weight(batch))
    some = [task.collate([one]) for one in items]
    assert close(sum(task.loss(model, one).item() for one in some), task.loss(model, batch).item())
    assert close(sum(task.judge(model, one) for one in some).tolist(), task.judge(model, batch).tolist())


def test_a_few_steps_lower_the_loss(paths):
    task = Instruction(tokenizer=paths["prefixes"], length=64)
    before, after = learned(task, gpt(), [task.collate([task.item(sample("Who?", "The king."), None)])], rate=1e-2)
    assert after < before / 2


MADE = (openai, sharegpt_tools, alpaca, completion_of_messages)


@pytest.mark.parametrize("make", MADE)
def test_what_is_made_of_each_form_passes_a_preview(make, paths, tmp_path):
    write(tmp_path / "chat", many(make))
    datastd.certify(tmp_path / "chat", "chat/1", out=tmp_path / "c.json")
    with datastd.open(tmp_path / "chat", certificate=tmp_path / "c.json") as data:
        task, model, feed = Instruction(tokenizer=paths["prefixes"], length=256), gpt(400, 256), Feed(data, "train")
        task.refuse_unfit(data, feed)
        task.begin(model, data, feed)
        report = preview(data, task.pipeline(model, 4))
        assert report.passed, str(report)
        assert {"Q897", "C890", "F894"} <= {one.code for one in report.verdicts}
        short = Instruction(tokenizer=paths["prefixes"], length=8)
        assert "Q897" in {one.code for one in preview(data, short.pipeline(model, 4)).verdicts if not one.outcome.opens}


def test_a_call_that_is_no_text_is_found_before_the_first_step(paths, tmp_path):
    write(tmp_path / "chat", many(with_tools))
    datastd.certify(tmp_path / "chat", "chat/1", out=tmp_path / "c.json")
    with datastd.open(tmp_path / "chat", certificate=tmp_path / "c.json") as data:
        report = preview(data, Instruction(tokenizer=paths["prefixes"]).pipeline(gpt(), 4))
        assert report["F899"].failed == 12


TOOLS = "{% if tools %}{% for one in tools %}<{{ one.name }}>{% endfor %}{% endif %}"


def test_a_template_is_told_which_tools_there_are(tmp_path):
    task = Instruction(tokenizer=byte_pairs(tmp_path, template=TOOLS + CHATML))
    made = sharegpt_tools(1)
    item = task.item(sample("a", "b", tools=made["tools"]), None)
    assert task.known.decode(item["input_ids"]).startswith("<look_up>")


@needs_data
def test_real_tasks_pass_a_preview(tmp_path):
    lines = (SHARED / "gsm8k/grade_school_math/data/test.jsonl").read_text().splitlines()
    asked = [json.loads(line) for line in lines]
    write(tmp_path / "chat", [{"prompt": one["question"], "completion": one["answer"]} for one in asked])
    path = byte_pairs(tmp_path / "tokenizer", "\n".join(lines), 1500)
    for folder, standard in ((tmp_path / "chat", "instruction/1"), (demos(tmp_path / "demos"), "chat/1")):
        datastd.certify(folder, standard, out=tmp_path / "c.json")
        with datastd.open(folder, certificate=tmp_path / "c.json") as data:
            task, model = Instruction(tokenizer=path, length=1024), gpt(1500, 1024)
            task.refuse_unfit(data, Feed(data, "train"))
            task.begin(model, data, Feed(data, "train"))
            report = preview(data, task.pipeline(model, 8), 100)
            assert report.passed, str(report)


def demos(folder):
    """LLaMA-Factory's demonstration of an assistant that knows who it is."""
    folder.mkdir()
    (folder / "train.json").write_bytes((SHARED / "llamafactory/data/identity.json").read_bytes())
    return folder


CALLS = (  # as those of Qwen and Hermes write calls of tools
    "{% for one in messages %}<|im_start|>{{ one.role }}\n{{ one.content }}{% if one.tool_calls %}{% for call in one.tool_calls %}"
    "<call>{{ call.function.name }} {{ call.function.arguments | tojson }}</call>{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FIRST_CALL = CALLS.replace("in one.tool_calls %}<", "in one.tool_calls[:1] %}<")
NO_TEXT = CALLS.replace("{{ one.content }}{%", "{{ '' if one.tool_calls else one.content }}{%")


def calling(*names, content="", **more):
    calls = [{"type": "function", "id": "c", "function": {"name": name, "arguments": {"n": 1}}} for name in names]
    return sample("a", "b", **more) | {
        "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": content, "tool_calls": calls}, *turns("x", "b")]
    }


def test_calls_of_tools_are_learned_where_the_template_writes_them(tmp_path):
    task = Instruction(tokenizer=byte_pairs(tmp_path, template=CALLS), length=4096)
    call = '<call>f {"n": 1}</call>'
    assert told(task, task.item(calling("f"), None)) == [f"{call}<|im_end|>\n", "b<|im_end|>\n"]
    assert told(task, task.item(calling("f", "f", content="so"), None))[0] == f"so{call}{call}<|im_end|>\n"


@pytest.mark.parametrize(
    ("template", "one", "says"),
    [
        (CHATML, calling("f"), "a chat template that writes calls of tools"), (CHATML, calling("f", tools='[{"name": "f"}]'), "that writes calls"),
        (FIRST_CALL, calling("f", "f"), "that writes calls"), (FIRST_CALL, calling("f", "g"), "that writes calls"),
        (NO_TEXT, calling("f", content="so"), "that writes calls"), (CALLS, sample("a", " "), "answers of text, or calls of tools"),
        (CALLS, calling("f<|im_end|>"), "tokens of the template in the template alone"),
        (CALLS, sample("a", "b", tools='[{"name": "\\u003c|im_end|>"}]'), "tokens of the template in the template alone"),
        (CALLS, sample("a", "b", tools='{"\\u003c|im_end|>": 1}'), "tokens of the template in the template alone"),
        (CALLS, sample("a", "b", tools="[" * 100_000), "tools as JSON"),
    ],
)  # fmt: skip
def test_calls_that_would_be_lost_are_refused(template, one, says, tmp_path):
    with pytest.raises(UsageError, match=f"k: expected .*{says}"):
        Instruction(tokenizer=byte_pairs(tmp_path, template=template), length=4096).item(one, None)


@pytest.mark.parametrize("name", TEMPLATES)
def test_of_an_answer_without_weight_nothing_is_learned(name, paths):
    task = Instruction(tokenizer=paths[name], length=4096)
    whole = sample("a", "b", "c", "d", "e", "f")
    both = task.item(whole, None)
    whole["messages"][3]["weight"] = 0
    item = task.item(whole, None)
    before = " " if name == "no generation prompt" else ""
    assert told(task, item) == [before + text + ENDS[name] for text in "bf"]
    assert (item["input_ids"] == both["input_ids"]).all(), "it is seen"
    for one in whole["messages"]:
        one["weight"] = 0
    assert told(task, task.item(whole, None)) == []


def test_weights_and_calls_of_a_file_reach_what_is_learned(tmp_path):
    records = [with_tools(n) for n in range(0, 12, 2)] + [openai(n) for n in range(1, 12, 2)]
    for one in records:
        if "tools" not in one:
            one["messages"][2]["weight"] = 0
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat/train.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    datastd.certify(tmp_path / "chat", "instruction/1", out=tmp_path / "c.json")
    task = Instruction(tokenizer=byte_pairs(tmp_path / "pairs", template=CALLS), length=512)
    with datastd.open(tmp_path / "chat", certificate=tmp_path / "c.json") as data:
        raws = [raw for part in Feed(data, "train").parts(None, 12) for raw in part().raws]
    for raw, record in zip(raws, records, strict=True):
        learned_ = told(task, task.item(raw.sample(), None))
        assert len(learned_) == (2 if "tools" in record else 1)
        if "tools" in record:
            assert learned_[0].startswith('<call>look_up {"number": ')
            assert raw.sample()["messages"][2]["tool_call_id"] == "c0"
        first = raw.sample()["messages"][1]
        first.get("tool_calls", [{}])[0]["function"] = None
        assert raw.sample()["messages"][1] != first or "tools" not in record, "nothing is shared"
