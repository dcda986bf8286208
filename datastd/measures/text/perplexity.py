"""How surprising a document is to a model of n-grams."""

import numpy as np
from numpy.typing import NDArray

from datastd.measures import helper, kernel, measure
from datastd.measures.text import Floats, Utf8
from datastd.measures.text.pieces import code_point, is_space
from datastd.ngrams import Model, Ngrams, ngram, word


@measure("Q344", "perplexity-outside", unit="perplexity")
def perplexity(utf8: Utf8, ngrams: Ngrams) -> Floats:
    r"""
    Perplexity of each text by the input ``ngrams``: 10^(-log10(p) / n), at most 10^308.

    Each line of a text, ``text.split("\n")``, is scored as a sentence, from ``<s>`` on to
    ``</s>``, which counts; n is its words and one.  Words are what white space parts, as
    `str.split`, and nothing else is done to them: a model of SentencePiece's pieces, of
    lower case or of digits made one asks for texts that are so already.  Shape (N,), float64.

    A word is scored by the longest n-gram that ends in it, and the back-off behind longer
    contexts is added, as KenLM does.

    Why it matters:
        What no model expects is often no language: lists, remains of tables, noise.

    Remedy:
        Look at the documents named; leave them out, or keep them apart.

    Source:
        Heafield 2011, "KenLM: Faster and Smaller Language Model Queries"; Wenzek et al. 2020,
        CCNet, ``cc_net/perplexity.py``.
    """
    found = _scores(utf8.content, utf8.offsets, ngrams.model)
    each: Floats = np.minimum(-found[:, 0] / found[:, 1], 308.0)
    return 10.0**each


@kernel
def _scores(content: NDArray[np.uint8], offsets: NDArray[np.int64], model: Model) -> Floats:
    """The sum of all log10, and how many were added, of each text; shape (N, 2)."""
    found = np.zeros((len(offsets) - 1, 2), np.float64)
    before = np.empty(max(1, model.order - 1), np.int64)
    for n in range(len(found)):
        at, stop = offsets[n], offsets[n + 1]
        while at <= stop:  # behind the last line feed is a line, too
            before[:], before[0] = -1, model.start
            at = _skipped(content, at, stop)
            while at < stop and content[at] != 0x0A:
                first, at = at, _word_end(content, at, stop)
                known = word(content, first, at, model)
                found[n, 0] += _scored(before, known if known >= 0 else model.unknown, model)
                found[n, 1] += 1
                at = _skipped(content, at, stop)
            found[n, 0] += _scored(before, model.end, model)
            found[n, 1] += 1
            at += 1
    return found


@helper
def _skipped(content: NDArray[np.uint8], at: int, stop: int) -> int:
    """Where a word begins, or the line ends."""
    while at < stop and content[at] != 0x0A:
        point, behind = code_point(content, at)
        if not is_space(point):
            break
        at = behind
    return at


@helper
def _word_end(content: NDArray[np.uint8], at: int, stop: int) -> int:
    while at < stop:
        point, behind = code_point(content, at)
        if is_space(point):
            break
        at = behind
    return at


@helper
def _scored(before: NDArray[np.int64], last: int, model: Model) -> float:
    """
    log10 of the probability of a word.

    *before* has the n-grams of the last one, two and more words, each -1 where it is none; and
    those with this word after that.
    """
    found, best, total = last, last, 0.0
    for size in range(1, model.order):
        context, before[size - 1] = before[size - 1], found
        found = max(-1, ngram(context, last, model)) if context >= 0 else -1
        if found >= 0:  # so far nothing had to be backed off from
            best, total = found, 0.0
        elif context >= 0:
            total += model.backs[context]
    return float(model.logs[best] + total)
