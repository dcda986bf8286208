"""Records made for previews, and what a pipeline comes to on them."""

import numpy as np
import pytest

pytest.importorskip("torch")

from datastd.model import Outcome
from datastd.rules import fold
from datastd.sight.chance import undisturbed
from datastd.sight.raw import Answer, Boxes, Raw
from datastd.sight.running import Run
from datastd.sight.terms import asked


class Draws:
    """Random numbers that are all one."""

    def __init__(self, number):
        self.number = number

    def random(self):
        return self.number


def noise(seed, height=48, width=64, channels=3):
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)


def detected(count=24, height=48, width=64):
    """Pictures with three boxes each, of categories 1, 17 and 90 in an order of their own."""
    made = []
    for n in range(count):
        random = np.random.default_rng(n)
        corners = np.array([[4, 6, 20, 30], [30, 4, 60, 20], [12, 20, 44, 46]], float)
        made.append(Raw(f"d#{n}", "train", picture=noise(n, height, width), boxes=Boxes(
            corners, tuple(random.permutation([1, 17, 90]).tolist()), np.zeros(3, np.int64))))  # fmt: skip
    return made


def segmented(count=24, height=48, width=64, values=(0, 7, 15, 255)):
    """Pictures with a mask of stripes."""
    made = []
    for n in range(count):
        stripes = np.array(values, np.uint8)[(np.arange(width) // 8 + n) % len(values)]
        made.append(Raw(f"s#{n}", "train", picture=noise(n, height, width), mask=np.tile(stripes, (height, 1))))
    return made


def classified(count=40, size=16, classes=4, channels=1):
    return [Raw(f"c#{n}", "train", picture=noise(n, size, size, channels), label=n % classes) for n in range(count)]


def answered(*of):
    """Questions by (context, answer or none); the answer is at its first place."""
    return [
        Raw(f"q#{n}", "train", {"text": "What is asked here?", "context": context},
            answers=() if answer is None else (Answer(answer, context.index(answer)),))
        for n, (context, answer) in enumerate(of)
    ]  # fmt: skip


def texts(*some):
    return [Raw(f"t#{n}", "train", {"text": one}) for n, one in enumerate(some)]


def verdicts(pipeline, raws, seed=0):
    """Every verdict of a preview of these records, by code; and what was not asked."""
    run = Run(pipeline, seed)
    with undisturbed():
        for raw in raws:
            run.add(raw)
        tables = run.end().tables()
    rules, lacks = asked(pipeline, ())
    return {
        rule.code: rule.judge(fold(rule, [tables[rule.table]]))
        for rule in rules if rule.table in tables and not lacks.get(rule.code)
    }  # fmt: skip


def found(pipeline, raws, seed=0):
    """Codes that do not pass."""
    return {code for code, one in verdicts(pipeline, raws, seed).items() if one.outcome is not Outcome.PASS}
