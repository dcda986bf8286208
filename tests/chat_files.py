"""Files of fine-tuning data, made for tests: sound as long as nobody changes them."""

import json
from pathlib import Path

TOWNS = ["Paris", "London", "Rome", "Athens", "Madrid", "Lisbon", "Vienna", "Prague", "Dublin", "Oslo"]


def message(role, content, **more):
    return {"role": role, "content": content, **more}


def ask(n):
    return f"Which town is number {n}, of those that lie here?"


def answer(n):
    return f"It is {TOWNS[n % 10]}, the one that has number {n}."


def tool(name="look_up"):
    return {"type": "function", "function": {"name": name, "description": "Looks up a town.",
            "parameters": {"type": "object", "properties": {"number": {"type": "integer"}}}}}  # fmt: skip


def call(n, name="look_up", id_="c0"):
    return {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps({"number": n})}}


def openai(n, **more):
    made = [message("user", ask(n)), message("assistant", answer(n)),
            message("user", f"And number {n + 1}?"), message("assistant", answer(n + 1))]  # fmt: skip
    if n % 2:
        made.insert(0, message("system", f"You know town {n} and others."))
    return {"messages": made, **more}


def with_tools(n, **more):
    made = [message("user", ask(n)), {"role": "assistant", "content": None, "tool_calls": [call(n)]},
            message("tool", TOWNS[n % 10], tool_call_id="c0"), message("assistant", answer(n))]  # fmt: skip
    return {"messages": made, "tools": [tool()], **more}


def turn(tag, value):
    return {"from": tag, "value": value}


def sharegpt(n, **more):
    return {"conversations": [turn("human", ask(n)), turn("gpt", answer(n)), turn("human", f"And number {n + 1}?"),
                              turn("gpt", answer(n + 1))], **more}  # fmt: skip


def sharegpt_tools(n, **more):
    called = json.dumps({"name": "look_up", "arguments": {"number": n}})
    made = [turn("human", ask(n)), turn("function_call", called), turn("observation", TOWNS[n % 10]), turn("gpt", answer(n))]
    return {"conversations": made, "system": "You know towns.", "tools": json.dumps([tool()["function"]]), **more}


def alpaca(n, **more):
    return {"instruction": f"Name the town with number {n}.", "input": f"Number {n} is asked for." if n % 2 else "", "output": answer(n), **more}


def completion(n, **more):
    return {"prompt": ask(n), "completion": answer(n), **more}


def completion_of_messages(n, **more):
    return {"prompt": [message("user", ask(n))], "completion": [message("assistant", answer(n))], **more}


def preference(n, **more):
    return {"prompt": ask(n), "chosen": answer(n), "rejected": f"I do not know number {n}, and shall not look it up.", **more}


def preference_of_messages(n, **more):
    asked = message("user", ask(n))
    return {"chosen": [asked, message("assistant", answer(n))], "rejected": [asked, message("assistant", f"Not number {n}, surely.")], **more}


def sharegpt_pair(n, **more):
    return {"conversations": [turn("human", ask(n))], "chosen": turn("gpt", answer(n)), "rejected": turn("gpt", f"I forgot number {n}."), **more}


def message_pair(n, **more):
    return {"messages": [message("user", ask(n))], "chosen": message("assistant", answer(n)),
            "rejected": message("assistant", f"I forgot number {n}."), **more}  # fmt: skip


def alpaca_pair(n, **more):
    return {"instruction": f"Name the town with number {n}.", "input": "", "chosen": answer(n), "rejected": f"I forgot number {n}.", **more}


def openai_pair(n, **more):
    return {"input": {"messages": [message("user", ask(n))], "tools": []}, "preferred_output": [message("assistant", answer(n))],
            "non_preferred_output": [message("assistant", f"I forgot number {n}.")], **more}  # fmt: skip


def kto(n, **more):
    return {"prompt": ask(n), "completion": answer(n), "label": n % 3 == 0, **more}


def kto_messages(n, **more):
    return {"messages": openai(2 * n)["messages"], "kto_tag": n % 3 == 0, **more}


def kto_task(n, **more):
    return alpaca(n, kto_tag=n % 3 == 0, **more)


def kto_sharegpt(n, **more):
    return sharegpt(n, label=n % 3 == 0, **more)


def stepwise(n, **more):
    return {"prompt": ask(n), "completions": [f"First I count to {n}.", answer(n)], "labels": [True, n % 2 == 0], **more}


FORMS = {
    "openai": [openai, with_tools], "sharegpt": [sharegpt, sharegpt_tools], "alpaca": [alpaca],
    "completion": [completion, completion_of_messages],
    "preference": [preference, preference_of_messages, sharegpt_pair, message_pair, alpaca_pair],
    "openai-dpo": [openai_pair], "kto": [kto, kto_messages, kto_task, kto_sharegpt], "stepwise": [stepwise],
}  # fmt: skip
"""How records of each form are made, by a number of their own."""

MAKERS = [one for some in FORMS.values() for one in some]


def many(make, count=12, start=0):
    return [make(start + n) for n in range(count)]


def lines(records):
    """Records as JSON lines; those that are bytes as they are."""
    return b"".join((one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()) + b"\n" for one in records)


def array(records, indent=2):
    return json.dumps(records, ensure_ascii=False, indent=indent).encode() + b"\n"


def write(folder, content, name="train.jsonl"):
    """Write bytes, or records as JSON lines or as an array, as the name says; return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, bytes):
        content = array(content) if name.endswith(".json") else lines(content)
    (folder / name).write_bytes(content)
    return folder
