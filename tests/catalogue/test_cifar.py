"""Defects planted in the batches of CIFAR-10."""

import numpy as np
import pytest
from cifar_files import batch, binary, flat, labels, pickled, pictures, write_batch, write_ten

from catalogue.planting import RED, check, passes
from catalogue.rows import of_codes


def _batch(change):
    """Change the dictionary of a batch of the Python version."""
    def plant(folder):
        whole = batch(pictures(200), "x", labels=labels(200))
        change(whole)
        (folder / "data_batch_1").write_bytes(pickled(whole))
    return plant


def _in_turn(folder):
    pixels_as_planes = pictures(200).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    write_batch(folder, "test_batch", pixels_as_planes, labels(200), form="py2")


PLANTS = {
    "F111": _batch(lambda b: b.pop("labels")),
    "F112": _batch(lambda b: b.update(data=flat(pictures(200)).astype(np.float32))),
    "F113": _batch(lambda b: b["labels"].pop()),
    "F114": _batch(lambda b: b["labels"].__setitem__(4, 10)),
    "F115": lambda f: ((f / "test_batch").unlink(),
                       (f / "test_batch.bin").write_bytes(binary(pictures(200), labels(200))[:-1])),
    "F116": _in_turn,
    "F117": lambda f: (f / "data_batch_1").write_bytes(b"\x80\x02cos\nsystem\nU\x04true\x85R."),
}  # fmt: skip
"""Put into files of the Python version."""

CIFAR_TEN = """
from datastd import Standard
from datastd.standard import load
base = load("cifar10/1")
standard = Standard(name="cifar-ten/1", about="Ten classes.", formats=base.formats,
    measures=base.measures, rows=base.rows, rules=tuple(r for r in base.rules if r.code != "C199"))
del base
"""
"""As `cifar10/1`, of any size."""


def test_sound_batches_have_no_flaw(tmp_path):
    passes(write_ten(tmp_path / "data", form="py2"), CIFAR_TEN, tmp_path)


@pytest.mark.parametrize("row", of_codes(PLANTS), ids=lambda row: row.code)
def test_the_defect_planted_in_a_batch_turns_the_code_red(row, tmp_path):
    folder = write_ten(tmp_path / "data", form="py2")
    PLANTS[row.code](folder)
    done, verdicts = check(folder, CIFAR_TEN, tmp_path)
    assert verdicts[row.code]["outcome"] == RED[row.level]
    assert row.level == "warn" or done.returncode == 1
    assert row.code in done.stdout
    assert verdicts[row.code]["examples"]  # it names what is wrong
