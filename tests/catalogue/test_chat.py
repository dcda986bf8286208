"""Defects planted in fine-tuning data: catalogue 1.6, what is about the form of a record and of its turns."""

import json

import chat_files as made
import pytest
from chat_files import MAKERS, message, turn, write

import datastd
from catalogue.planting import says_what
from datastd.rules.turns.chat_too_few_examples import ChatTooFewExamples
from datastd.rules.turns.chat_too_long import ChatTooLong

RED = {"error": "fail", "warn": "warn"}


def sound(folder, *more):
    """Records of all forms that nobody finds fault with, and some behind them."""
    return write(folder, [*(make(3 * at + n) for at, make in enumerate(MAKERS) for n in range(3)), *more])


def _record(*records):
    return lambda folder: sound(folder, *records)


def _talk(*turns, **more):
    """A conversation of these messages: who speaks, and what."""
    return _record({"messages": [message(*one) if isinstance(one, tuple) else one for one in turns], **more})


def _changed(make, change):
    def plant(folder):
        record = json.loads(json.dumps(make(70)))
        change(record)
        return sound(folder, record)
    return plant


def _said(content, **more):
    return _talk(("user", "What is it that you say?"), ("assistant", content), **more)


ASKED, SAID = ("user", "Where does the road go?"), ("assistant", "It goes down to the sea.")
AGAIN, ANSWER = ("user", "And the other one, then?"), ("assistant", "That one goes up the hill.")
MESSAGES = [message(*ASKED), message(*SAID)]


def _calls_without_ids(*names):
    calls = [{"type": "function", "function": {"name": name, "arguments": "{}"}} for name in names]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def _few(folder):
    return write(folder, made.many(made.openai, 9))


def _azure(content):
    return lambda folder: write(folder, content)


def _tags(*tags, **more):
    return _record({"conversations": [turn(tag, f"This is what {tag} says as number {n}.") for n, tag in enumerate(tags)], **more})


def _escaped(record):
    """A record as Go's writers and others for HTML put it down: without any ``<`` or ``>``."""
    return _record(json.dumps(record, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").encode())


def _tooled(*tools, **parameters):
    """A call of a tool with this schema, or of *tools*."""
    return _changed(made.with_tools, lambda one: one.update(tools=[*tools] or [{"type": "function", "function": {"name": "look_up", "parameters": parameters}}]))


def _shown(parts, text, **listed):
    """The user shows so many pictures as parts, and says something."""
    return _talk(("user", [{"type": "image"}] * parts + [{"type": "text", "text": text}]), SAID, **listed)


PLANTS = {
    "F601": _record({"messages": []}),
    "F602": _talk({"content": "Who says it?"}, SAID),
    "F603": _talk(ASKED, SAID, ("bot", "I am one."), AGAIN, ANSWER),
    "F604": _talk({**message(*ASKED), "text": "Where?"}, SAID),
    "F605": _talk(("user", ""), SAID),
    "F606": _talk(("system", "Be kind."), ASKED),
    "F607": _talk(ASKED, SAID, AGAIN),
    "F608": _talk(ASKED, SAID, ("system", "Be kind."), AGAIN, ANSWER),
    "F609": _talk(ASKED, AGAIN, ANSWER),
    "F610": _talk(SAID, AGAIN, ANSWER),
    "F611": _talk(SAID),
    "F612": _talk(ASKED, message(*SAID, weight=0.5)),
    "F613": _changed(made.with_tools, lambda one: one["messages"][2].update(tool_call_id="c9")),
    "F614": _changed(made.with_tools, lambda one: one["messages"][1]["tool_calls"][0]["function"].update(arguments="{a:1}")),
    "F615": _changed(made.with_tools, lambda one: one.update(tools=[])),
    "F616": _few,
    "F618": _tags("user", "gpt"),
    "F619": _tags("gpt", "human"),
    "F620": _tags("human", "gpt", "human"),
    "F621": _record(made.alpaca(70, example_input="")),
    "F622": _record(made.alpaca(70) | {"input": "<noinput>"}),
    "F623": _record(made.openai(70, images=["a.png"]) | {"messages": [message("user", "<image> and <image>: what do they show?"), message(*SAID)]}),
    "F624": _talk(("user", "hi <|im_end|>"), SAID),
    "F625": _said("<think>a"),
    "F626": _record({"text": "Where does the road go?", "messages": MESSAGES}),
    "F631": _changed(made.preference, lambda one: one.pop("rejected")),
    "F640": _record(made.kto(70) | {"label": "true"}),
    "F641": _record(made.stepwise(70) | {"completions": ["One.", "Two.", "Three."], "labels": [True, False]}),
    "F642": _changed(made.openai_pair, lambda one: one["preferred_output"].append(message("assistant", "More."))),
    "F643": _azure(b"".join(json.dumps(made.openai(n)).encode() + b"\n" for n in range(12))),
}  # fmt: skip
"""What is done to sound data of all forms."""

CALL = {"role": "assistant", "content": None, "tool_calls": [made.call(1)]}
TOLD = message("tool", "The sea.", tool_call_id="c0")

MORE = {
    "F601": [_record({"messages": "a"}), _record({"messages": None}), _record({"something": 1})],
    "F602": [_talk(message("user", None), SAID), _record({"messages": ["a"]}), _record({"messages": [{"role": "user"}]})],
    "F603": [_talk(("User", "a"), ("user", "Where?"), SAID), _talk(ASKED, SAID, ("", "x"), AGAIN, ANSWER)],
    "F605": [_talk(("user", [{"type": "Text", "text": ""}]), SAID), _talk(("user", " \n\u00a0"), SAID), _talk(("user", 7), SAID), _talk(("user", [{"text": "a"}]), SAID),
             _said([{"type": "output_txt", "txt": "It goes."}]), _said([{"type": "imag", "url": "a"}]), _said([{"type": "output_text", "text": ""}]), _talk(("user", []), SAID),
             _talk(("user", {"a": 1}), SAID), _record({"conversations": [turn("human", " "), turn("gpt", "Yes?")]}), *(_said(one) for one in "\u200b\u2060\ufeff\u00ad\ufe0f\u3164"),
             _record(made.completion(70, completion="")), _record(made.alpaca(70) | {"output": "\u200b"}), _record(made.kto(70, completion="\n")),
             _record(made.alpaca(70) | {"instruction": "", "input": ""}), _record(made.preference(70, rejected="\ufeff")),
             _record(made.stepwise(70) | {"completions": ["One.", ""], "labels": [True, False]})],
    "F606": [_talk(ASKED, ("tool", "x"))],
    "F607": [_talk(ASKED, CALL, TOLD, tools=[made.tool()]), _record({"prompt": [message(*ASKED)], "completion": [message("user", "I ask.")]})],
    "F608": [_record(made.sharegpt(70, system="a") | {"conversations": [turn("system", "b"), turn("human", "c?"), turn("gpt", "d.")]}), _talk(("system", "a"), ("system", "b"), ASKED, SAID), _talk(ASKED, SAID, ("developer", "b"), AGAIN, ANSWER)],
    "F609": [_record({"prompt": [message(*ASKED)], "chosen": [message(*AGAIN), message(*SAID)], "rejected": [message(*SAID)]})],
    "F610": [_talk(ASKED, SAID, ANSWER), _talk(("system", "a"), SAID), _record({"chosen": MESSAGES, "rejected": [message(*SAID)]})],
    "F611": [_talk(ASKED)],
    "F612": [_talk(message(*ASKED, weight=1), SAID), _talk(ASKED, message(*SAID, weight=2)), _talk(ASKED, message(*SAID, weight=True))],
    "F613": [_talk(ASKED, CALL, AGAIN, ANSWER, tools=[made.tool()]), _talk(ASKED, SAID, TOLD, ANSWER),
             _talk(ASKED, CALL, TOLD, TOLD, SAID, tools=[made.tool()]), _talk(ASKED, CALL, message("tool", "a"), SAID, tools=[made.tool()]),
             _talk(ASKED, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
                   message("function", "x", name="g"), SAID, functions=[{"name": "f"}]),
             _talk(ASKED, _calls_without_ids("f"), message("tool", "x", name="g"), SAID, tools=[made.tool("f")]),
             _talk(ASKED, _calls_without_ids("f", "g"), message("tool", "x", name="g"), message("tool", "y", name="g"), SAID, tools=[made.tool("f"), made.tool("g")])],
    "F614": [_changed(made.with_tools, lambda one: one["messages"][1]["tool_calls"][0]["function"].update(arguments=arguments))
             for arguments in ("", "[1]", '{"a": 1, "a": 2}', "7", '{"a": NaN}', '{"a": 1} x')]
            + [_changed(made.sharegpt_tools, lambda one: one["conversations"][1].update(value=value))
               for value in ("look_up", "[]", '{"name": "look_up"}', '{"name": "look_up", "arguments": "a"}', '[7]')],
    "F615": [_changed(made.with_tools, lambda one: one.pop("tools")), _changed(made.with_tools, lambda one: one.update(tools="no")),
             _changed(made.with_tools, lambda one: one["tools"].append(7)), _changed(made.with_tools, lambda one: one["tools"].append({"name": 7})),
             _changed(made.with_tools, lambda one: one["tools"][0]["function"].update(parameters=[])),
             _changed(made.with_tools, lambda one: one["tools"][0]["function"]["parameters"].update(type=7)),
             _tooled(type="objekt"), _tooled(type=["object", "nul"]), _tooled(type="object", required="n"), _tooled(type="object", required=[1]),
             _changed(made.sharegpt_tools, lambda one: one.update(tools='[{"name": "look_upp"}]')),
             _record(made.openai(70, tools={"name": "look_up"}))],
    "F618": [_tags("human", "bot"), _record({"conversations": [{"from": "human"}]}), _record({"conversations": []}),
             _record({"conversations": [turn("human", 7)]}), _record(made.sharegpt(70, system=7))],
    "F619": [_tags("human", "human"), _tags("human", "gpt", "system", "gpt"), _tags("system", "gpt", "human"), _tags("human", "observation")],
    "F620": [_tags("system"), _tags("system", "human", "gpt", "human"), _record(made.sharegpt_pair(70) | {"conversations": [turn("human", "a?"), turn("gpt", "b.")]})],
    "F621": [_record({"instruction": "Do it.", "output": "Done."}), _record(made.alpaca(70) | {"output": 7}), _record(made.alpaca(70) | {"history": [["a"]]})],
    "F622": [_record(made.alpaca(70) | {"input": text}) for text in (" No Input\n", "N/A", "<None>", "nan", "Empty")],
    "F623": [_shown(2, "What is it?", images=["a.png"]), _shown(1, "<image> What is it?", images=["a.png"]), _said("A <video> of it."), _record(made.openai(70, audios=["a.wav"]))],
    "F624": [_escaped({"messages": [message(*ASKED), message("assistant", "So <|im_end|> it is.")]}),
             _escaped(made.with_tools(70) | {"tools": [made.tool() | {"description": "<|im_end|>"}]}), _changed(made.sharegpt_tools, lambda one: one["conversations"][1].update(
                 value='{"name": "look_up", "arguments": {"number": "<|im_\\u0065nd|>"}}')), *(_changed(made.with_tools, lambda one, given=given: one["messages"][1]["tool_calls"][0]["function"].update(arguments=given))
               for given in (r'{"a": "\u003c|im_end|>"}', r'{"a": "<|im_\udb40\udc41end|>"}')), _talk({**message(*ASKED), "name": "<|im_end|>"}, SAID), *(_talk(ASKED, message(*SAID, **{key: "So <|im_end|> it is."})) for key in ("thinking", "refusal")),
             *(_talk(ASKED, ("assistant", [{"type": of, of: "No [INST]"}, {"type": "text", "text": "a"}])) for of in ("thinking", "refusal")), _record(made.openai(70, tools=[{**made.tool(), "more": "a [INST]"}])),
             _changed(made.with_tools, lambda one: one["messages"][1]["tool_calls"][0]["function"].update(arguments={"number": "<|eot_id|>"})),
             _changed(made.with_tools, lambda one: one["messages"][1]["tool_calls"][0]["function"].update(arguments='{"number": "</s>"}')),
             _said([{"type": "output_text", "text": "One <|im_end|>"}]), _talk(("user", "USER: Where does it go? ASSISTANT:"), SAID),
             _talk(("user", "\nUSER: Where?\nASSISTANT: There.\nUSER: And then?\nASSISTANT:"), SAID),
             _talk(("user", "A chat between a curious user and an artificial intelligence assistant. USER: Where? ASSISTANT:"), SAID)] + [_said(f"One {mark} of them") for mark in (
        "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>", "[INST]", "[/INST]", "<s>", "</s>", "<|assistant|>", "### Instruction:",
        "<|begin_of_text|>", "<|eom_id|>", "<|header_start|>", "<|eot|>", "<<SYS>>", "[TOOL_CALLS]", "<start_of_turn>", "<end_of_turn>", "<|user|>", "<|end|>",
        "<｜User｜>", "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>", "<|system|>", "### Human:", "<|channel|>", "<|return|>", "<|IM_END|>",
        "</s>USER:", "<|im_\u200bend|>", "<\u2060|im_end|>", "＜|im_end|＞", "［INST］", "<\ufeffs>")],
    "F625": [_said("a</think> b <think>c"), _said("a</think> b"), _said("<think>a <think>b</think></think> c"), _talk(ASKED, ("assistant", "<think>a</think> b"), AGAIN, ANSWER)],
    "F626": [_record({"messages": MESSAGES, "conversations": [turn("human", "a")]}), _record(made.alpaca(70, text="a")),
             _record(made.completion(70, messages=MESSAGES)), _record(made.preference(70, text="a")), _record(made.preference(70, completion="a", label=True)),
             _record({"chosen": "One.", "rejected": "Two.", "completion": "Three."})],
    "F631": [_changed(made.preference, lambda one: one.update(rejected=MESSAGES)), _changed(made.sharegpt_pair, lambda one: one.pop("chosen")),
             _changed(made.preference, lambda one: one.update(chosen=7, rejected=7)), _changed(made.preference, lambda one: one.update(prompt={}))],
    "F640": [_record(made.kto(70) | {"label": 1}), _record(made.kto(70) | {"label": None}), _record(made.kto_messages(7) | {"kto_tag": "false"})],
    "F641": [_record(made.stepwise(70) | {"labels": []})],
    "F642": [_changed(made.openai_pair, lambda one: one.pop("non_preferred_output")), _changed(made.openai_pair, lambda one: one["input"].pop("messages")),
             _changed(made.openai_pair, lambda one: one["preferred_output"][0].update(role="user"))],
    "F651": [_talk(ASKED, {"role": "assistant", "content": None, "tool_calls": calls}) for calls in (
        [{}], {}, [{"function": {"name": "f"}}], [{"function": {"name": 7, "arguments": "{}"}}], [{"id": 7, "function": {"name": "f", "arguments": "{}"}}])],
    "F652": [_record({"prompt": "Where?"}), _record({"prompt": "Where?", "completion": MESSAGES}), _record({"completion": ""})],
    "F653": [_record(made.stepwise(70) | {"labels": ["true", "false"]}), _record(made.stepwise(70) | {"completions": []})],
    "F654": [lambda folder: write(sound(folder), b'[{"messages": [', "dev.json")],
    "F655": [_talk(ASKED, message(*SAID, weight=0))],
    "F660": [_talk({**message(*ASKED), "tool_calls": [made.call(1)]}, TOLD, SAID, tools=[made.tool()])],
    "F661": [_talk(ASKED, {"role": "assistant", "content": None, "tool_calls": [made.call(1), made.call(2)]}, TOLD, TOLD, SAID, tools=[made.tool()])],
    "F662": [_record(made.preference(70) | {"chosen": json.dumps([message(*SAID)]), "rejected": "No."}), _record(made.completion(70, prompt=str(MESSAGES))),
             _record(made.alpaca(70) | {"output": json.dumps(message(*SAID), indent=1) + "\n"}), _record(made.kto(70, completion=json.dumps({"messages": MESSAGES}))),
             _record(made.completion(70, completion=json.dumps([turn("human", "a"), turn("gpt", "b")])))],
    "F658": [_record(make(70, score_chosen=score, score_rejected=other))
             for make in (made.preference, made.openai_pair, made.sharegpt_pair, made.message_pair)
             for score, other in (("8.5", "7.5"), ("NaN", 1), (True, False), (2.0, [1]), ({}, None))],
}  # fmt: skip
"""More of each kind, and what the catalogue has no row for."""

SOUND = {
    "F603": _talk(("developer", "Be kind."), ASKED, SAID),
    "F604": _talk(ASKED, message(*SAID, name="a", thinking="b", refusal=None, weight=1)),
    "F605": _record({"messages": [message("user", [{"type": "image_url", "image_url": {"url": "a"}}]), message(*SAID)]},
                    {"messages": [message("user", [{"type": "input_audio", "input_audio": {}}, {"type": "output_text", "text": "a"}]), message(*SAID)]}, made.sharegpt(70, system=""),
                    {"messages": [message(*ASKED), message("assistant", "", tool_calls=[made.call(1)])], "tools": [made.tool()]}),
    "F608": _talk(("system", "Be kind."), ASKED, SAID),
    "F609": _talk(ASKED, SAID, AGAIN, ANSWER),
    "F610": _talk(ASKED, CALL, TOLD, SAID, tools=[made.tool()]),
    "F611": _talk(ASKED, SAID),
    "F612": _talk(ASKED, message(*SAID, weight=0), AGAIN, message(*ANSWER, weight=1)),
    "F613": _talk(ASKED, {"role": "assistant", "content": "", "tool_calls": [made.call(1), made.call(2, id_="c1")]},
                  message("tool", "b", tool_call_id="c1"), message("tool", "a", tool_call_id="c0"), SAID, AGAIN,
                  _calls_without_ids("f", "g"), message("tool", "x", name="g"), message("tool", "y", name="f"), ANSWER, tools=[made.tool(), made.tool("f"), made.tool("g")]),
    "F614": _changed(made.with_tools, lambda one: one["messages"][1]["tool_calls"][0]["function"].update(arguments={"number": 1})),
    "F615": _changed(made.with_tools, lambda one: one.update(functions=one.pop("tools")[0]["function"]) or one.update(functions=[made.tool()["function"] | {
        "parameters": {"type": ["object", "null"], "properties": {"number": {"type": "integer"}}, "required": ["number"]}}])),
    "F618": _tags("human", "gpt"),
    "F619": _changed(made.sharegpt_tools, lambda one: one["conversations"].insert(0, turn("system", one.pop("system")))),
    "F620": _tags("system", "human", "gpt"),
    "F621": _record(made.alpaca(70, system="Be kind.", history=[["a", "b"]])),
    "F622": _record(made.alpaca(70) | {"input": "none of them"}),
    "F623": _record(made.openai(70, images=["a.png"]) | {"messages": [message("user", "<image> What is it?"), message(*SAID)]},
                    {"messages": [message("user", [{"type": "image"}, {"type": "text", "text": "<image> What are they?"}]), message(*SAID)], "images": ["a.png", "b.png"]}),
    "F624": _said("< s>, [ INST], <|im_start>, ## Instruction: and <s, <S>old</S> [inst] <|x|> |<|> [USER] ### Input: <bo s> # [a](b) <|im start|>"),
    "F625": _talk(ASKED, ("assistant", "<think>a</think> b"), AGAIN, ("assistant", "<think></think> b")),
    "F626": _record({"messages": MESSAGES, "text": None}, made.preference(70, text=None),
                    {"chosen": MESSAGES, "rejected": [message(*ASKED), message(*ANSWER)], "messages": MESSAGES}),  # as in ultrafeedback_binarized
    "F640": _record(made.kto(70) | {"label": False}),
    "F641": _record(made.stepwise(70) | {"completions": ["One.", "Two."], "labels": [True, False]}),
    "F660": _talk(ASKED, CALL, TOLD, SAID, tools=[made.tool()]),
    "F661": _talk(ASKED, CALL, TOLD, SAID, AGAIN, CALL, TOLD, ANSWER, tools=[made.tool()]),
    "F662": _record(made.completion(70, completion='{"from": "Paris", "to": "Rome"}'), made.completion(71, completion="[]"), made.alpaca(73) | {"output": '[{"name": "Ann", "role": "user"}]'},
                    made.completion(72, prompt='What is {"role": "user"} there?'), {"messages": [message(*ASKED), CALL, message("tool", json.dumps(MESSAGES), tool_call_id="c0"),
                    message(*SAID)], "tools": [made.tool()]}),
    "F658": _record(made.preference(70, score_chosen=8.5, score_rejected=7), made.preference(71, score_chosen=None, score_rejected=None),
                    made.openai(72, score_chosen="a")),
    "F655": _talk(ASKED, message(*SAID, weight=0), AGAIN, message(*ANSWER, weight=1)),
}  # fmt: skip
"""What lies on the other side of a boundary."""

WAITS = _talk(ASKED, CALL, tools=[made.tool()])
"""A call that ends a conversation: nothing is there to be learnt that could answer it."""

BESIDE = {
    "F606": {"F607", "F613"}, "F611": {"F610", "F606", "F607"}, "F603": {"F610"}, "F612": {"F655"}, "F613": {"F610"}, "F614": {"F615"},
    "F619": {"F620", "F613"}, "F610": {"F633", "F632"}, "F655": {"F612"}, "F620": {"F619"}, "F654": {"F616", "C005"}, "F607": {"F606", "F609"}, "F609": {"F633"},
}  # fmt: skip
"""What else is wrong with what is planted."""

DEFAULTS = {
    "F603": "set", "F604": "set", "F605": "0", "F606": ">=1", "F607": "-", "F608": "-", "F609": "0", "F610": "0", "F611": "2", "F612": "-", "F613": "0",
    "F614": "0", "F615": "0", "F619": "0", "F620": "-", "F622": "0", "F623": "equal", "F624": "0", "F625": "0", "F626": "0", "F641": "equal",
}  # fmt: skip
"""What `chat/1` takes of a row's default, where a measure is judged."""

RULE_DEFAULTS = {"F616": "10", "F617": "4096 (OAI notebook) / profile", "F640": "bool", "F643": "profile"}
"""Defaults of rows that are no limit of 0."""


def _check(plant, folder, code):
    called = "chat:azure-openai" if code == "F643" else "chat"
    report = datastd.check(plant(folder), "chat/1", format=called)
    return {verdict.code: verdict for verdict in report.verdicts}


def test_sound_records_of_all_forms_have_no_flaw(tmp_path):
    report = datastd.check(sound(tmp_path / "a"), "chat/1")
    assert {verdict.outcome for verdict in report.verdicts} == {"pass"}
    assert {verdict.code for verdict in report.verdicts} >= {*PLANTS, *MORE}
    assert datastd.check(WAITS(tmp_path / "b"), "chat/1").passed
    marked = b"\xef\xbb\xbf" + b"".join(json.dumps(made.openai(n)).encode() + b"\n" for n in range(12))
    assert _check(_azure(marked), tmp_path / "c", "F643")["F643"].outcome == "pass"


@pytest.mark.parametrize(
    ("code", "plant"), [(code, plant) for of in (PLANTS, MORE) for code, some in of.items() for plant in (some if isinstance(some, list) else [some])]
)  # fmt: skip
def test_the_defect_planted_in_a_record_turns_the_code_red(code, plant, tmp_path):
    verdicts = _check(plant, tmp_path, code)
    found = verdicts[code]
    says_what(found)
    assert found.outcome == RED[found.level]
    assert found.observed > 0
    last = len(MAKERS) * 3
    assert code in {"F616", "F643", "F654"} or found.examples[0].key.partition("@")[0] == f"train.jsonl#{last}"
    others = {one.code for one in verdicts.values() if one.outcome != "pass"} - {code}
    assert others <= BESIDE.get(code, set())


@pytest.mark.parametrize("said", [
    "USER: root\nGROUP: wheel", "user: Where? assistant: There.", "A log says USER: where? and then ASSISTANT: there.", "ASSISTANT: Yes? USER: No.",
    "USER:ASSISTANT:", "The template has a USER: heading", "A chat between a curious user and an artificial intelligence assistant. It went on.",
])  # fmt: skip
def test_headings_of_vicuna_are_words_where_they_are_no_template(said, tmp_path):
    assert _check(_talk(("user", said), SAID), tmp_path, "F624")["F624"].outcome == "pass"


@pytest.mark.parametrize("content", ["", " \n", "\u200b", []])
def test_a_tool_that_gave_nothing_says_nothing(content, tmp_path):
    """The catalogue excuses a blank content by a call alone; what a tool means by it can be written."""
    verdict = _check(_talk(ASKED, CALL, {**TOLD, "content": content}, SAID, tools=[made.tool()]), tmp_path / "a", "F605")["F605"]
    assert verdict.outcome == "fail"
    assert verdict.examples[0].says.endswith("turn 2 of tool")
    for sound_ in ("null", "[]", "no result"):
        plant = _talk(ASKED, CALL, {**TOLD, "content": sound_}, SAID, tools=[made.tool()])
        assert _check(plant, tmp_path / f"b{sound_[:1]}", "F605")["F605"].outcome == "pass"


@pytest.mark.parametrize("code", SOUND)
def test_what_is_just_inside_a_boundary_passes(code, tmp_path):
    verdicts = _check(SOUND[code], tmp_path, code)
    assert {one.code for one in verdicts.values() if one.outcome != "pass"} == set()


def test_ten_records_are_enough(tmp_path):
    verdicts = _check(lambda folder: write(folder, made.many(made.openai, 10)), tmp_path, "F616")
    assert verdicts["F616"].outcome == "pass"


def test_defaults_of_rules_are_those_of_the_rows():
    assert ChatTooFewExamples().examples == int(RULE_DEFAULTS["F616"])
    assert ChatTooLong().most_tokens == int(RULE_DEFAULTS["F617"].split()[0])
