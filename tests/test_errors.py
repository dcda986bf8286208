"""Errors say where, what was expected and what was found, and survive a pickle."""

import pickle

import pytest

from datastd import errors
from datastd.errors import (
    DataChanged,
    DataStdError,
    NotCertified,
    NothingLeft,
    NotInstalled,
    NotJudged,
    NotTrusted,
    UsageError,
)

CODES = {
    DataStdError: 4, UsageError: 2, NotInstalled: 2, NotJudged: 3, DataChanged: 3, NotCertified: 1,
    NotTrusted: 3, NothingLeft: 1,
}  # fmt: skip


def test_every_error_is_listed_here():
    kinds = {v for v in vars(errors).values() if isinstance(v, type) and v.__module__ == errors.__name__}
    assert kinds == {*CODES}


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_it_reads_as_one_sentence_has_an_exit_code_and_pickles(kind, code):
    error = kind("a.idx", "28 rows", "27", "fetch it again")
    assert str(error) == "a.idx: expected 28 rows, found 27; fetch it again"
    assert str(kind("a", "b", "c")) == "a: expected b, found c"
    assert kind.exit_code == code
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.hint) == (kind, str(error), "fetch it again")


def test_what_was_found_cannot_repaint_a_terminal():
    assert "\x1b" not in str(DataStdError("a", "b", "\x1b[2J"))


def test_a_missing_extra_is_also_an_import_error():
    assert issubclass(NotInstalled, ImportError)
    assert issubclass(NotTrusted, NotCertified)
