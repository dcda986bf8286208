"""
A tokenizer: an input that makes ids of a text, and a text of ids.

The input ``tokenizer`` is a ``tokenizer.json``, as Hugging Face's package tokenizers writes it,
or a folder that has one.  That package, of the extra ``text``, reads it, where the input is
given and only there; nothing is downloaded, and no code that a file brings is run.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from datastd.errors import NotInstalled, UsageError, is_panic
from datastd.inputs import Given
from datastd.kernels import kernel

MOST = 128 << 20
"""Bytes of a tokenizer's file: those of the largest vocabularies have a quarter of it."""

SAMPLES = 32
"""Samples of a batch that are looked at: to encode a text takes longer than all else."""

_HASHED = 32  # values of a sample by which it is chosen
_SAID = 200  # characters of what the package says

Result = TypeVar("Result")


class Tokenizer(Given):
    """
    A tokenizer, read from a file.

    Raises:
        UsageError: No such file, or none that the package can read; no package.
    """

    expects = "a tokenizer.json, or a folder that has one"

    def __init__(self, role: str, path: Path) -> None:
        super().__init__(role, path)
        try:
            self._known = self._loaded()
            self.compare()
        except BaseException:
            self.close()
            raise
        vocabulary = self._known.get_vocab(with_added_tokens=True)
        self._ids = np.unique(np.array([*vocabulary.values()], np.int64))

    def _loaded(self) -> Any:  # noqa: ANN401  -- the package may not be there
        # Its threads and those that fork do not go together, and one text needs none.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            import tokenizers  # noqa: PLC0415  -- of an extra
        except ImportError:
            needs, hint = "the package tokenizers", "pip install 'datastd[text]'"
            raise NotInstalled(self.where, needs, "none", hint) from None
        content = self.read(MOST + 1, 0)
        if len(content) > MOST:
            raise UsageError(self.where, f"at most {MOST} bytes", "more")
        try:
            known = tokenizers.Tokenizer.from_str(content.decode())
        except BaseException as error:
            if not isinstance(error, Exception) and not is_panic(error):
                raise
            raise UsageError(self.where, self.expects, str(error)[:_SAID]) from None
        known.no_truncation()  # to the length of a model's input
        known.no_padding()
        return known

    def has(self, ids: NDArray[Any]) -> NDArray[np.bool_]:
        """Say of each id whether the vocabulary has it, added tokens included."""
        return np.isin(ids, self._ids)

    def specials(self) -> list[str]:
        """Its added tokens that are special: where one stands in a text, the text is cut."""
        added = self._known.get_added_tokens_decoder().values()
        return [one.content for one in added if one.special]

    def text(self, ids: NDArray[Any]) -> str | None:
        """What ids that it has are decoded to, control tokens included; None for nothing."""
        return _tried(lambda: self._decoded(ids.tolist()))

    def lengths(self, texts: Iterable[str | None]) -> list[int | None]:
        """How many ids it makes of each text; None where it makes none of it, 0 of None."""
        return [0 if one is None else self._length(one) for one in texts]

    def _length(self, text: str) -> int | None:
        return _tried(lambda: len(self._known.encode(text, add_special_tokens=False).ids))

    def again(self, text: str) -> str | None:
        """What the ids of a text are decoded to; None where it makes no ids of it."""
        return _tried(lambda: self._decoded(self._known.encode(text, add_special_tokens=False).ids))

    def _decoded(self, ids: Sequence[int]) -> str:
        return str(self._known.decode(ids, skip_special_tokens=False))


def _tried(work: Callable[[], Result]) -> Result | None:
    """What the package makes of something; None where it ends with an error, or in a panic."""
    try:
        return work()
    except BaseException as error:  # as of a word it has no id for, and none for what is unknown
        if not isinstance(error, Exception) and not is_panic(error):
            raise
        return None


def chosen(
    values: NDArray[Any], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """
    Choose samples of a batch: `SAMPLES` of the lowest hash of their length and first values.

    Returns:
        Their numbers, in order, and the hash of each.
    """
    hashes = _hashes(values, offsets)
    rows = np.sort(np.argsort(hashes, kind="stable")[:SAMPLES])
    return rows, hashes[rows]


@kernel
def _hashes(values: NDArray[Any], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    hashes = np.empty(len(offsets) - 1, np.uint64)
    for n in range(len(hashes)):
        start, stop = offsets[n], offsets[n + 1]
        value = np.uint64(0xCBF29CE484222325) ^ np.uint64(stop - start)
        for at in range(start, min(stop, start + _HASHED)):
            value = (value ^ np.uint64(values[at])) * np.uint64(0x100000001B3)
            value ^= value >> np.uint64(29)
        hashes[n] = value * np.uint64(0x9E3779B97F4A7C15)
    return hashes
