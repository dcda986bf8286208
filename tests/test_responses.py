"""Answers, prompts and pairs the whole way: real fine-tuning data, and real benchmarks."""

import json
import shutil

import pytest
from support import SHARED, needs_data, write_pictures

import datastd
from datastd import Standard
from datastd.errors import UsageError
from datastd.measures.responses.shared_turns import shared_turns
from datastd.rules.responses.chat_benchmark_contamination import ChatBenchmarkContamination

CLEAN = Standard(
    name="clean-of/1", about="No question of a benchmark.", formats=("chat",), measures=(shared_turns,),
    rules=(ChatBenchmarkContamination(),),
)  # fmt: skip

ANSWERS = {
    "F632", "F633", "F634", "F635", "F636", "F637", "F639", "F697", "F699", "L692", "Q601", "Q602", "Q603", "Q604", "Q605", "Q606", "Q607", "Q608", "Q609", "Q610",
    "L301", "L601", "L602", "L603", "L605",
}  # fmt: skip


def write(folder, name, records):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in records))
    return folder


def messages(*turns):
    return {"messages": [{"role": role, "content": content} for role, content in turns]}


def numbered(name, count=20):
    return " ".join(f"{name}{chr(97 + n)}" for n in range(count))


ITEM = numbered("item")


def contaminated(tmp_path, *records, items=(ITEM,)):
    data = write(tmp_path / "data", "train.jsonl", [*records, messages(("user", numbered("other")), ("assistant", "Yes."))])
    other = write(tmp_path / "other", "test.jsonl", [{"prompt": one, "completion": "5"} for one in items])
    return datastd.check(data, CLEAN, inputs={"evaluation": other})["L604"]


def test_a_question_of_a_benchmark_is_found_in_any_turn_of_a_user(tmp_path):
    turns = ("system", "Be short."), ("user", "Hello there."), ("assistant", "Yes?"), ("user", f"Now: {ITEM}"), ("assistant", "5")
    verdict = contaminated(tmp_path, messages(*turns))
    assert (verdict.outcome, verdict.observed) == ("fail", 1)
    (one,) = verdict.examples
    first = len("Hello there.\n\nNow: ")
    assert f"bytes {first} to {first + len(ITEM)}, which are 0 to {len(ITEM)} of test.jsonl#0" in one.detail


def called(given):
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": given}}
    return {"messages": [{"role": "user", "content": "Say it."}, {"role": "assistant", "content": None, "tool_calls": [call]},
                         {"role": "tool", "tool_call_id": "c", "content": "Yes."}, {"role": "assistant", "content": "Yes."}]}  # fmt: skip


@pytest.mark.parametrize("record", [
    messages(("user", "Say it."), ("assistant", ITEM)),  # the model says it
    messages(("system", ITEM), ("user", "Say it."), ("assistant", "No.")),
    messages(("user", "Say it."), ("assistant", "So?"), ("tool", ITEM), ("assistant", "No.")),
    called(json.dumps({"q": ITEM})), called({"q": {"a": [ITEM]}}), called(json.dumps({"q": f"One.\n{ITEM}\u2019"})),
    messages(("user", "Say it."), ("assistant", "No.")) | {"tools": [{"name": "f", "description": ITEM}]},
    {"prompt": "Say it.", "chosen": "No.", "rejected": ITEM}, {"prompt": "Say it.", "completion": ITEM},
    {"instruction": "Say it.", "input": "", "output": "No.", "system": ITEM}, {"prompt": "Say it.", "completions": ["No.", ITEM], "labels": [True, False]},
    {"conversations": [{"from": "human", "value": "Say it."}, {"from": "function_call", "value": json.dumps({"name": "f", "arguments": {"q": ITEM}})},
                       {"from": "observation", "value": "No."}, {"from": "gpt", "value": "No."}]},
])  # fmt: skip
def test_a_question_of_a_benchmark_is_found_whoever_says_it(tmp_path, record):
    verdict = contaminated(tmp_path, record)
    assert (verdict.outcome, verdict.observed, [one.key for one in verdict.examples]) == ("fail", 1, ["train.jsonl#0"])


def test_what_a_benchmark_answers_or_is_told_by_its_system_is_not_sought(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", [messages(("system", ITEM), ("user", numbered("other")), ("assistant", numbered("more")))])
    other = write(tmp_path / "other", "test.jsonl", [messages(("system", ITEM), ("user", numbered("asked")), ("assistant", numbered("more")))])
    verdict = datastd.check(data, CLEAN, inputs={"evaluation": other})["L604"]
    assert (verdict.outcome, verdict.checked) == ("pass", 1)


@pytest.mark.parametrize("turns", [
    (("user", " ".join(ITEM.split()[:12])), ("assistant", "No.")),  # twelve words of it
    (("user", " ".join(ITEM.split()[:7])), ("user", " ".join(ITEM.split()[9:])), ("assistant", "No.")),
])  # fmt: skip
def test_what_nobody_says_in_a_row_is_none(tmp_path, turns):
    assert contaminated(tmp_path, messages(*turns)).outcome == "pass"


@pytest.mark.parametrize("rejected", ["No.", [{"role": "user", "content": ITEM}, {"role": "assistant", "content": "No."}]])
def test_the_prompt_of_a_pair_is_what_a_user_says_once(tmp_path, rejected):
    if isinstance(rejected, str):
        pair = {"prompt": ITEM, "chosen": "Yes.", "rejected": rejected}
    else:
        pair = {"chosen": [rejected[0], {"role": "assistant", "content": "Yes."}], "rejected": rejected}
    verdict = contaminated(tmp_path, pair)
    assert verdict.observed == 1
    assert f"bytes 0 to {len(ITEM)}, " in verdict.examples[0].detail


def test_without_the_input_it_is_not_asked(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", [messages(("user", ITEM), ("assistant", "5"))])
    report = datastd.check(data, CLEAN)
    assert [(one.code, one.needs) for one in report.not_asked] == [("L604", "evaluation")]


def test_an_evaluation_set_may_be_of_texts(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", [messages(("user", ITEM), ("assistant", "5")), messages(("user", numbered("o")), ("assistant", "5"))])
    write(tmp_path / "other", "test.jsonl", [{"question": ITEM, "answer": "5"}])
    verdict = datastd.check(data, CLEAN, inputs={"evaluation": f"jsonl:question::{tmp_path / 'other'}"})["L604"]
    assert (verdict.checked, verdict.failed, verdict.examples[0].key) == (2, 1, "train.jsonl#0")


def test_an_evaluation_set_of_pictures_is_refused(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", [messages(("user", ITEM), ("assistant", "5"))])
    with pytest.raises(UsageError, match="evaluation"):
        datastd.check(data, CLEAN, inputs={"evaluation": write_pictures(tmp_path / "other")})


def questions(split, form):
    lines = (SHARED / f"gsm8k/grade_school_math/data/{split}.jsonl").read_text().splitlines()
    for line in lines:
        one = json.loads(line)
        asked, said = one["question"], one["answer"]
        yield {"instruction": asked, "input": "", "output": said} if form == "alpaca" else {"prompt": asked, "completion": said}


@needs_data
def test_every_question_of_gsm8k_is_found_in_tasks_made_of_it(tmp_path):
    data = write(tmp_path / "data", "train.jsonl", questions("train", "alpaca"))
    train = write(tmp_path / "train", "train.jsonl", questions("train", "completion"))
    verdict = datastd.check(data, CLEAN, inputs={"evaluation": train})["L604"]
    assert (verdict.checked, verdict.failed) == (7473, 7473)
    (tmp_path / "test").mkdir()
    shutil.copy(SHARED / "gsm8k/grade_school_math/data/test.jsonl", tmp_path / "test")
    verdict = datastd.check(data, CLEAN, inputs={"evaluation": f"jsonl:question::{tmp_path / 'test'}"})["L604"]
    # Numbers are folded: problems of which one was made of the other.
    assert (verdict.checked, verdict.failed) == (7473, 8)


FOUND = {
    "dpo_en_demo.json": {"L301": 10, "Q604": 2, "Q605": 2, "Q609": 15},
    "kto_en_demo.json": {"Q604": 1, "Q605": 2, "Q607": 2, "Q609": 7},
    "identity.json": {"L601": 4, "L602": 23},
    "glaive_toolcall_en_demo.json": {"L601": 99, "L602": 126, "Q604": 45, "Q605": 1, "Q609": 2},
    "v1_sft_demo.jsonl": {"L601": 4, "L602": 9, "Q604": 3, "Q605": 1, "Q609": 4},
}
"""
What is found in LLaMA-Factory's demos, each of 91 to 500 samples; all of it was looked at.

Right: the pairs that are there twice; the prompts that are ("Can you please order a pizza for me?"
nine times) or nearly are; 50 of 51 refusals; the fences that are open, and the one answer that was
cut off at 4,177 characters.  Wrong: one of the two echoes is a sentence with its punctuation put
in, as was asked, and "I'm sorry, but the website is unavailable" is no refusal.  What repeats itself is step-by-step reasoning and lists, and no loop: it is repetition as
a filter of text defines it.  Loops are in the answers labelled as bad, of which nothing is asked.
"""


@needs_data
@pytest.mark.parametrize("name", FOUND)
def test_what_is_found_in_real_demos_was_looked_at(name, tmp_path):
    shutil.copy(SHARED / "llamafactory/data" / name, tmp_path)
    standard = "preference/1" if name[:3] in {"dpo", "kto"} else "instruction/1"
    report = datastd.check(tmp_path, standard, format="chat")
    assert {one.code: one.failed for one in report.verdicts if one.failed and one.code in ANSWERS} == FOUND[name]


@needs_data
def test_what_is_found_in_the_seeds_of_self_instruct_was_looked_at(tmp_path):
    tasks = []
    for line in (SHARED / "self_instruct/data/seed_tasks.jsonl").read_text().splitlines():
        one = json.loads(line)
        tasks += [{"instruction": one["instruction"], **some} for some in one["instances"]]
    (tmp_path / "train.json").write_text(json.dumps(tasks))
    report = datastd.check(tmp_path, "instruction/1", format="chat")
    # One refuses to give an address; lists and questions begin alike; Italian dishes have Italian
    # names, which is the one false alarm, where the model of languages is installed.
    found = {one.code: one.failed for one in report.verdicts if one.failed and one.code in ANSWERS - {"Q608"}}
    assert found == {"Q604": 1, "Q609": 6}
    assert report["Q608"].failed in {0, 1}
