"""Files of questions and answers, made for tests: sound as long as nobody changes them."""

import json
from pathlib import Path

PLACES = ["Paris", "London", "Rome", "Athens", "Madrid", "Lisbon", "Vienna", "Prague", "Dublin", "Oslo"]


TRAIN = "Which town is number {} here?"
DEV = {"name": "d", "title": "Cities", "start": 12, "say": "It is {} that has number {}, or {}.", "ask": "What place bears {} as its mark?"}


def question(context, place, number, *, name="q", flag=None, ask=TRAIN, **more):
    answers = [{"text": place, "answer_start": context.index(place)}]
    made = {"id": f"{name}{number}", "question": ask.format(number), "answers": answers}
    return made | ({} if flag is None else {"is_impossible": flag}) | more


def paragraph(number, *, name="q", version="1.1", ask=TRAIN, say="The town of {} is number {} of those here, and the {} is old."):
    place = PLACES[number % len(PLACES)]
    context = say.format(place, number, place[::-1])
    two = version.startswith(("2", "v2"))
    made = [question(context, place, number, name=name, ask=ask, flag=False if two else None)]
    if two:
        made.append({"id": f"{name}{number}x", "question": f"{ask.format(number)} And elsewhere?", "answers": [],
                     "is_impossible": number % 3 != 0, "plausible_answers": [{"text": place, "answer_start": context.index(place)}]})  # fmt: skip
        if number % 3 == 0:  # so that a third has no answer
            made[-1]["answers"] = made[-1].pop("plausible_answers")
    return {"context": context, "qas": made}


def squad(count=12, *, name="q", version="1.1", title="Towns", start=0, **how):
    """A file: articles of three paragraphs each."""
    numbers = [*range(start, start + count)]
    return {"version": version, "data": [
        {"title": f"{title} {first}", "paragraphs": [paragraph(n, name=name, version=version, **how) for n in numbers[at : at + 3]]}
        for at, first in ((at, numbers[at]) for at in range(0, count, 3))
    ]}  # fmt: skip


def write(folder, made, name="train.json"):
    """Write what was made, or bytes as they are; return the folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    content = made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode()
    (folder / name).write_bytes(content)
    return folder


def sound(folder, version="1.1"):
    """Two splits that nobody finds fault with."""
    write(folder, squad(12, version=version))
    return write(folder, squad(6, version=version, **DEV), "dev.json")
