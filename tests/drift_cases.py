"""What rules about drift must come to: taken up by `rules/test_each_rule.py`."""

import numpy as np
import polars as pl

from datastd.rules.drift.drift_jensen_shannon import DriftJensenShannon
from datastd.rules.drift.drift_ks import DriftKs
from datastd.rules.drift.drift_linf import DriftLinf
from datastd.rules.drift.drift_psi import DriftPsi
from datastd.rules.drift.drift_wasserstein import DriftWasserstein
from datastd.rules.drift.example_count_change import ExampleCountChange
from datastd.rules.drift.label_drift import LabelDrift
from datastd.rules.drift.multivariate_drift import MultivariateDrift
from datastd.rules.drift.new_category import NewCategory

PSI, KS, W1 = (kind(columns=("x",)) for kind in (DriftPsi, DriftKs, DriftWasserstein))
TWO = MultivariateDrift(columns=("x", "y"))
JS, LINF = DriftJensenShannon(columns=("c",)), DriftLinf(columns=("c",))
LABELS = LabelDrift(columns=("label",))


def versions(here, before, name="x", splits=("train", "train")):
    """The samples table of two versions: values of the data, and of the reference."""
    count = len(here) + len(before)
    values = pl.Series(name, [*here, *before])
    return pl.DataFrame({
        "key": [f"f#{n}" for n in range(count)],
        "origin": ["data"] * len(here) + ["reference"] * len(before),
        "split": [splits[0]] * len(here) + [splits[1]] * len(before),
    }).with_columns(values)  # fmt: skip


def drawn(**counts):
    """So many of each category."""
    return [name for name, count in counts.items() for _ in range(count)]


def pairs(here, before, splits=("train", "train")):
    """Two versions of two columns, of rows (x, y)."""
    xs, ys = (versions([one[n] for one in here], [one[n] for one in before], name, splits) for n, name in enumerate("xy"))
    return xs.with_columns(ys["y"])


def psi(here, before):
    """The definition, as it stands in the catalogue."""
    return sum((a - e) * np.log(a / e) for a, e in zip(here, before, strict=True))


def divergence(here, before):
    """The definition, to the base 2."""
    def to_the_mean(one):
        return sum(p * np.log2(2 * p / (a + b)) for p, a, b in zip(one, here, before, strict=True) if p)
    return (to_the_mean(here) + to_the_mean(before)) / 2


HALVES, NINE = drawn(a=400, b=400), drawn(a=720, b=80)
TENTHS = [*range(10)] * 60
SQUARE = [(x, y) for x in range(10) for y in range(10)] * 6

CASES = [
    # numbers: the same; one tenth gone; all beyond the last; missing; a boundary of the tenths
    (PSI, versions(TENTHS, TENTHS), 0, []),
    (PSI, versions([n for n in TENTHS if n] * 2, TENTHS), psi([1e-4, *[1 / 9] * 9], [0.1] * 10), []),
    (PSI, versions([99] * 600, TENTHS), psi([*[1e-4] * 9, 1], [0.1] * 10), []),
    (PSI, versions([None, float("nan")] * 300, TENTHS), psi([1, *[1e-4] * 10], [1e-4, *[0.1] * 10]), []),
    (PSI, versions([8.5] * 600, TENTHS), psi([*[1e-4] * 9, 1], [0.1] * 10), []),
    (PSI, versions([9] * 20, TENTHS[:20]), psi([*[1e-4] * 9, 1], [0.1] * 10), []),
    (PSI, versions([5, 6], TENTHS), 0, []),  # two rows tell nothing
    (KS, versions(TENTHS, TENTHS), 0, []),
    (KS, versions([n + 1 for n in TENTHS], TENTHS), 0.1, []),  # which is the limit
    (KS, versions([n + 2 for n in TENTHS], TENTHS), 0.2, []),
    (KS, versions([n - 5 for n in TENTHS], TENTHS), 0.5, []),
    (KS, versions([None] * 600, TENTHS), 1, []),
    (W1, versions(TENTHS, TENTHS), 0, []),
    (W1, versions([n + 1 for n in TENTHS], TENTHS), 1 / np.std(range(10)), []),
    (W1, versions([n / 2 for n in TENTHS], TENTHS), 2.25 / np.std(range(10)), []),
    # forty values far away; of nine in 600 nobody knows whether they are chance
    (W1, versions([*TENTHS[:-40], *[1000] * 40], TENTHS), (40 * 1000 - sum(TENTHS[-40:])) / 600 / np.std(range(10)), []),
    (W1, versions([*TENTHS[:-9], *[1000] * 9], TENTHS), 0, []),
    (W1, versions([None, *TENTHS] * 2, TENTHS), 0, []),  # missing is no number
    (W1, versions([7] * 600, [5] * 600), 2000, []),  # of a deviation that is none
    (W1, versions([0] * 600, [0] * 600), 0, []),
    (TWO, pairs(SQUARE, SQUARE), 0, []),
    (TWO, pairs([(x + 10**6, y) for x, y in SQUARE], SQUARE), 1, []),  # to be told from all others
    (TWO, pairs(SQUARE, [(x, y - 10**6) for x, y in SQUARE]), 1, []),
    (TWO, pairs([(x, 9 - y) for x, y in SQUARE], SQUARE), 0, []),
    (TWO, pairs([(None, None), *SQUARE] * 2, SQUARE), 0, []),  # one in a hundred is chance
    # categories: of 0 and 0.147 bits; one that is gone; missing is one
    (JS, versions(HALVES, HALVES, "c"), 0, []),
    (JS, versions(drawn(a=560, b=240), HALVES, "c"), divergence([0.7, 0.3], [0.5, 0.5]), []),
    (JS, versions(NINE, HALVES, "c"), divergence([0.9, 0.1], [0.5, 0.5]), []),
    (JS, versions(drawn(d=800), HALVES, "c"), 1, []),
    (JS, versions([None] * 800, HALVES, "c"), 1, []),
    (LINF, versions(HALVES, HALVES, "c"), 0, []),
    (LINF, versions(NINE, HALVES, "c"), 0.4, []),
    (LINF, versions(drawn(a=400, b=300, d=100), HALVES, "c"), 0.125, []),
    (LINF, versions(drawn(a=401, b=399), HALVES, "c"), 0, []),
    # labels
    (LABELS, versions([0, 1] * 400, [0, 1] * 400, "label"), 0, []),
    (LABELS, versions([0] * 560 + [1] * 240, [0, 1] * 400, "label"), psi([0.7, 0.3], [0.5, 0.5]), []),
    (LABELS, versions([0] * 800, [0, 1] * 400, "label"), psi([1, 1e-4], [0.5, 0.5]), []),
    (LABELS, versions([0] * 410 + [1] * 390, [0, 1] * 400, "label"), 0, []),
    (NewCategory(), versions(["cat", "dog"], ["dog", "cat", "cow"], "label"), 0, []),
    (NewCategory(), versions(["cat", "lynx"], ["cat", "cat"], "label"), 1, ["f#1"]),
    (NewCategory(), versions([1, None, 3, 3], [1], "label"), 3, ["f#1", "f#2", "f#3"]),
    (NewCategory(), versions([1, None], [None, 1], "label"), 0, []),
    (NewCategory(column="c"), versions(["a", "A"], ["a"], "c"), 1, ["f#1"]),
    # counts: half and twice are within; a split that is gone; a new one is part of the whole
    (ExampleCountChange(), versions([1] * 5, [1] * 10), 0, []),
    (ExampleCountChange(), versions([1] * 20, [1] * 10), 0, []),
    (ExampleCountChange(), versions([1] * 4, [1] * 10), 0.1, []),
    (ExampleCountChange(), versions([1] * 21, [1] * 10), 0.1, []),
    (ExampleCountChange(), versions([1] * 10, [1] * 10, splits=("train", "val")), 0.5, []),
    (ExampleCountChange(least=0.9), versions([1] * 8, [1] * 10), 0.1, []),
]  # fmt: skip
