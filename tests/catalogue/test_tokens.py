"""Defects planted in files of token ids: the format, and what is done to sound ones in it."""

import numpy as np
import pytest
from token_files import EOS, FORMATS, WRITERS, documents, meta, write_tokens

from catalogue.planting import RED, check, edit, outcomes, passes, with_byte


def _tokens(form, **options):
    """Write the training split anew, in another way."""
    return form, lambda folder: WRITERS[form](folder, "train", **({"docs": documents()} | options))


def _bytes(form, name, change):
    return form, lambda folder: edit(folder, name, change)


def _put(at, value, kind="<i4"):
    content = np.array(value, kind).tobytes()
    return lambda whole: whole[:at] + content + whole[at + len(content) :]


def _changed(row, at, value):
    docs = documents()
    docs[row][at] = value
    return docs


PLANTS = {
    "F025": ("dolma", lambda f: np.arange(99, dtype="<u2").tofile(f / "x.npy")),
    "F401": _bytes("megatron", "train.idx", with_byte(0, 0)),
    "F402": _bytes("megatron", "train.idx", _put(9, 2, "<u8")),
    "F403": _bytes("megatron", "train.idx", with_byte(17, 9)),
    "F404": _bytes("megatron", "train.idx", lambda c: c[:-4]),
    "F405": _bytes("megatron", "train.idx", _put(34 + 4 * 80 + 8, 1, "<i8")),
    "F406": _bytes("megatron", "train.bin", lambda c: c[:-2]),
    "F407": _tokens("megatron", starts=range(80)),
    "F408": _tokens("megatron", docs=[*documents(), np.array([], np.int64)]),
    "F409": ("megatron", lambda f: (f / "train.bin").unlink()),
    "F411": _bytes("llmc", "corpus_train.bin", _put(0, 0)),
    "F412": _bytes("llmc", "corpus_train.bin", _put(4, 2)),
    "F413": _bytes("llmc", "corpus_train.bin", lambda c: c + b"\0\0"),
    "F414": _bytes("llmc", "corpus_train.bin", _put(8, 0)),
    "F421": _bytes("nanogpt", "train.bin", lambda c: c + b"\0"),
    "F422": ("nanogpt", lambda f: WRITERS["llmc"](f, "train", documents(), magic=7)),
    "F423": ("nanogpt", lambda f: (f / "meta.pkl").write_bytes(meta(65))),
    "F431": _bytes("datatrove", "train_00000.ds.index", lambda c: c[:-8]),
    "F432": _tokens("dolma", rows=[("a", "b", 0, 0, 9), ("a", "b", 1, 10, 99)]),
    "C401": _tokens("nanogpt", docs=_changed(4, 9, 50_300)),
    "C402": ("datatrove", lambda f: None),  # as it is, by a vocabulary of 128,256 ids
    "C403": _tokens("nanogpt", kind=">u2"),
    "C404": _tokens("nanogpt", kind="<u4"),
    "C405": _tokens("megatron", docs=_changed(4, -1, 7)),
    "C406": _tokens("dolma", docs=[*documents(), np.array([EOS])]),
    "C407": _tokens("llmc", docs=_changed(79, -1, 7)),
    "C408": ("datatrove", lambda f: None),  # as it is, where 1,000 tokens are enough to tell
    "C409": _tokens("nanogpt", docs=[np.where(doc % 200 == 1, 7, doc) for doc in documents()]),
    "C410": _tokens("datatrove", docs=_changed(4, 9, EOS)),
    "C413": _tokens("datatrove", tokens=4711),
    "L401": _tokens("dolma", docs=[*documents(), documents(7, seed=1)[6]]),  # of 67 tokens
    "L402": _tokens("megatron", docs=[*documents(60), *documents(20)]),
}  # fmt: skip

OTHERS = """
from datastd import Standard
from datastd.standard import load
from datastd.vocabulary import Vocabulary
base = load("token-shards/1")
ids = Vocabulary(size={size}, eos=50_256, unk=7)
def told(rule):
    more = {{"tokens": 1000}} if rule.code == "C408" else {{}}
    return type(rule)(vocabulary=ids, **more) if rule.tells else rule
standard = Standard(name="other-ids/1", about="Other ids.", formats=base.formats,
    measures=base.measures, rows=base.rows, rules=tuple(map(told, base.rules)))
del base
"""
"""As `token-shards/1`, with an id for what is unknown, and of as many ids as are said."""


@pytest.mark.parametrize("form", FORMATS)
def test_sound_token_files_have_no_flaw(form, tmp_path):
    verdicts = passes(write_tokens(tmp_path / "data", form), "token-shards/1", tmp_path)
    assert {*verdicts} >= {*PLANTS} - {code for code in PLANTS if code[0] == "F"} - {"C405", "C413"}


@pytest.mark.parametrize("code", PLANTS)
def test_the_defect_planted_in_token_files_turns_the_code_red(code, tmp_path):
    form, plant = PLANTS[code]
    folder = write_tokens(tmp_path / "data", form)
    plant(folder)
    done, verdicts = check(folder, OTHERS.format(size=128_256 if code == "C402" else 50_257), tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert done.returncode == ("fail" in outcomes(verdicts))
    assert found["examples"] or code == "C408"
    assert code in done.stdout


def test_ids_of_32_bits_that_are_read_as_16_bits_fail(tmp_path):
    folder = write_tokens(tmp_path / "data", "nanogpt")
    for split in ("train", "val"):
        WRITERS["nanogpt"](folder, split, documents(), kind="<u4")
    done, verdicts = check(folder, "token-shards/1", tmp_path)
    assert done.returncode == 1
    assert (verdicts["C404"]["outcome"], verdicts["C404"]["observed"]) == ("fail", 2)
