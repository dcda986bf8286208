"""
Instruments for documents, and the intermediates that they share.

A batch of texts is one run of UTF-8 and where each text begins in it; kernels go
through the bytes, and no document becomes a Python string.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.bits import SPACES, eight, is_printable, times
from datastd.measures import helper, kernel
from datastd.measures.text import (
    beyond,
    counts,
    grams,
    kinds,
    languages,
    normal,
    personal,
    pieces,
    repeats,
    shapes,
    web,
)
from datastd.measures.text.kinds import Kinds
from datastd.measures.text.pieces import Pieces, code_point, is_space
from datastd.measures.text.shapes import Shapes

Counts: TypeAlias = NDArray[np.int64]  # (N,)
Floats: TypeAlias = NDArray[np.float64]  # (N,)


class Utf8(NamedTuple):
    """
    Texts as bytes.

    Attributes:
        content: All of them, one after the other, uint8.
        offsets: Where each begins, and where the last ends; shape (N + 1,), int64.
    """

    content: NDArray[np.uint8]
    offsets: NDArray[np.int64]


class Characters(NamedTuple):
    """
    How many characters of which kind are in each text; shape (N,) each.

    Attributes:
        all: Code points.
        visible: Those that `str.strip` would leave at either end.
        replacement: U+FFFD.
        control: U+0000 to U+0008, U+000B, U+000E to U+001F, U+007F, U+206A to U+206F,
            U+FEFF, U+FFF9 to U+FFFC: those that ftfy removes.
        c1: U+0080 to U+009F.
        bidi: U+202A to U+202E, U+2066 to U+2069.
    """

    all: Counts
    visible: Counts
    replacement: Counts
    control: Counts
    c1: Counts
    bidi: Counts


def utf8(text: pl.Series) -> Utf8:
    """The bytes of texts; a null has none.  Where they lie one after the other, none is copied."""
    array = text.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    buffers = array.buffers()
    if len(buffers) == _WITH_CONTENT:
        here = slice(array.offset, array.offset + len(text))
        views = np.frombuffer(buffers[1], np.uint32).reshape(-1, 4)[here]
        there = text.is_not_null().to_numpy() if text.null_count() else np.zeros(0, np.bool_)
        content = np.frombuffer(buffers[2], np.uint8)
        begin, offsets = _in_a_row(views, views.view(np.uint8), there, content)
        if len(offsets):
            return Utf8(content[begin : begin + offsets[-1]], offsets)
    if text.null_count():  # a value that was set to null keeps its bytes in Arrow's array
        text = text.fill_null("")
    array = text.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, content = array.buffers()
    numbers = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(text) + 1]
    bytes_ = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
    return Utf8(bytes_, numbers)


_WITH_CONTENT = 3  # buffers: of nulls, of views, and one of what these say
_LENGTH, _BUFFER_AT, _INLINE = 0, 3, 12  # as Arrow's columnar format has views of strings


@kernel
def _in_a_row(  # noqa: C901
    views: NDArray[np.uint32], says: NDArray[np.uint8], there: NDArray[np.bool_],
    content: NDArray[np.uint8],
) -> tuple[int, NDArray[np.int64]]:  # fmt: skip
    """
    Where the first text begins in *content*, and where each does from there on.

    No offsets where the texts do not follow each other in it: longer ones are found by their
    place, and those of up to 12 bytes, which a view holds itself, by what they say.
    """
    none, offsets = np.zeros(0, np.int64), np.zeros(len(views) + 1, np.int64)
    begin, end = np.int64(-1), np.int64(0)
    for n in range(len(views)):
        length = np.int64(views[n, _LENGTH])
        if len(there) and not there[n]:
            length = np.int64(0)
        if length > _INLINE:
            at = np.int64(views[n, _BUFFER_AT])
            if begin < 0:
                begin = at - end
            if begin < 0 or at != begin + end:
                return 0, none
        end += length
        offsets[n + 1] = end
    if begin < 0 or begin + end > len(content):
        return 0, none
    for n in range(len(views)):
        at, length = begin + offsets[n], offsets[n + 1] - offsets[n]
        if length <= _INLINE:
            for byte in range(length):
                if content[at + byte] != says[n, 4 + byte]:
                    return 0, none
    return int(begin), offsets


def characters(utf8: Utf8) -> Characters:
    """Count the kinds of characters in each text."""
    return Characters(*_characters(*utf8).T)


class Words(NamedTuple):
    """
    How many words of which kind are in each text (`pieces.words`); shape (N,) each.

    Attributes:
        said: Words with a letter or a digit; the others are symbols.
        characters: Code points of these.
        alphabetic: Words with a letter.
        stops: Of eight stop words (`counts.STOPS`), those that are there.
        all: Words and symbols.
    """

    said: Counts
    characters: Counts
    alphabetic: Counts
    stops: Counts
    all: Counts


def word_pieces(utf8: Utf8) -> Pieces:
    """The words and symbols of each text."""
    return pieces.words(*utf8)


def split_words(utf8: Utf8, word_pieces: Pieces) -> Words:
    """Count the words of each text."""
    return Words(*counts.in_words(utf8.content, word_pieces, pieces.classes()).T)


def run_characters(utf8: Utf8, word_pieces: Pieces) -> NDArray[np.int64]:
    """Code points in repeated runs of words, by the length of the run: `grams.grams`."""
    return grams.grams(utf8.content, word_pieces)


def run_fraction(run_characters: NDArray[np.int64], characters: Characters, words: int) -> Floats:
    """Code points in runs of so many words, as a share of those of each text; NaN if too long."""
    column = run_characters[:, (*grams.TOP, *grams.DUPLICATE).index(words)]
    return np.where(column < 0, np.nan, column / np.maximum(characters.all, 1))


def tuple_counts(utf8: Utf8) -> NDArray[np.int64]:
    """Code points in repeated runs of words as `str.split` parts them: `grams.tuples`."""
    found: NDArray[np.int64] = grams.tuples(utf8.content, pieces.spaced(*utf8))
    return found


def bare_tuple_counts(text: pl.Series) -> NDArray[np.int64]:
    """
    Count the same of words in lower case, without punctuation at their ends; shape (N, 7, 4).

    The last row is code points of all words, in each column.
    """
    lower = utf8(text.str.to_lowercase())
    words = pieces.bare(lower.content, pieces.spaced(*lower))
    found = grams.tuples(lower.content, words)
    every = np.diff(np.append(0, np.cumsum(words.length, dtype=np.int64))[words.offsets])
    return np.append(found, np.broadcast_to(every[:, None, None], (len(every), 1, 4)), axis=1)


def symbol_counts(utf8: Utf8) -> NDArray[np.int64]:
    """Number signs and ellipses of each text; shape (N, 2)."""
    return counts.marks(*utf8)


def split_lines(utf8: Utf8) -> Pieces:
    """Lines of each text, by `str.splitlines`."""
    return pieces.lines(*utf8, pieces.LINES)


def line_counts(utf8: Utf8, split_lines: Pieces) -> NDArray[np.int64]:
    """Count lines of each text: with a bullet, with an ellipsis, all; shape (N, 3)."""
    found: NDArray[np.int64] = counts.in_lines(utf8.content, split_lines)
    return found


class C4(NamedTuple):
    """
    What C4's filter looks at in the lines of each text (`str.splitlines`); shape (N,) each.

    Attributes:
        lines: Lines that are not blank.
        unpunctuated: Of them, those without a mark at the end.
        short: Those of fewer than `web.FEWEST_WORDS`.
        longest: Code points of the longest word.
        javascript: Lines with JavaScript.
        policies: Lines with a policy.
    """

    lines: Counts
    unpunctuated: Counts
    short: Counts
    longest: Counts
    javascript: Counts
    policies: Counts


class Reached(NamedTuple):
    """
    Of the lines that C4's filter comes to, shape (N,) each.

    Attributes:
        fillers: Lines with a filler.
        braces: Lines with a brace, and without JavaScript.
        sentences: Sentences of the lines that it keeps.
    """

    fillers: Counts
    braces: Counts
    sentences: Counts


def c4_counts(utf8: Utf8, split_lines: Pieces) -> NDArray[np.int64]:
    """Counts of the lines of each text: `web.c4`."""
    return web.c4(*utf8, split_lines, pieces.classes())


def c4_line_counts(c4_counts: NDArray[np.int64]) -> C4:
    """Count what C4's filter looks at in each line."""
    return C4(*c4_counts.T[:6])


def c4_reached(c4_counts: NDArray[np.int64]) -> Reached:
    """Count what it decides by, behind its filters of lines."""
    return Reached(*c4_counts.T[6:9])


def fineweb_reached(c4_counts: NDArray[np.int64]) -> Reached:
    """Count the same where lines need no mark at the end, as for FineWeb."""
    return Reached(*c4_counts.T[9:])


def feed_lines(utf8: Utf8) -> Pieces:
    r"""Lines of each text, ``text.split("\n")``."""
    return pieces.lines(*utf8, pieces.FEED)


class FineWeb(NamedTuple):
    r"""
    Lines of each text, ``text.split("\n")``, without those that are blank; shape (N,) each.

    Attributes:
        lines: All of them.
        ended: Those that end in a mark that ends a sentence.
        short: Those of up to `counts.SHORT_LINE` code points.
        repeated: Code points of those that repeat an earlier one.
    """

    lines: Counts
    ended: Counts
    short: Counts
    repeated: Counts


def fineweb_line_counts(feed_counts: NDArray[np.int64]) -> FineWeb:
    """Count what FineWeb's filter looks at in each line."""
    return FineWeb(*feed_counts.T[:4])


class RefinedWeb(NamedTuple):
    r"""
    Lines of each text, ``text.split("\n")``, that RefinedWeb removes; shape (N,) each.

    Attributes:
        uppercase: Lines of which most characters are upper case.
        numeric: Lines of digits.
        counters: Lines that are a counter.
        single: Lines of one word, or of white space.
        removed: Words of all these.
        words: Words of all lines.
    """

    uppercase: Counts
    numeric: Counts
    counters: Counts
    single: Counts
    removed: Counts
    words: Counts


def refinedweb_line_counts(utf8: Utf8, feed_lines: Pieces) -> RefinedWeb:
    """Count the lines that RefinedWeb removes."""
    return RefinedWeb(*web.refinedweb(utf8.content, feed_lines, pieces.classes()).T)


class Repeats(NamedTuple):
    """
    Pieces of each text that repeat an earlier one of it; shape (N,) each.

    Attributes:
        pieces: How many do.
        characters: Code points of these.
        all: How many pieces there are.
    """

    pieces: Counts
    characters: Counts
    all: Counts


def feed_counts(utf8: Utf8, feed_lines: Pieces) -> NDArray[np.int64]:
    """Counts of lines parted by line feeds: `counts.in_feeds`."""
    found: NDArray[np.int64] = counts.in_feeds(utf8.content, feed_lines, pieces.classes())
    return found


def repeated_lines(feed_counts: NDArray[np.int64]) -> Repeats:
    r"""Of lines, parted by one line feed or more, ``re.split("\n+", text)``."""
    every, repeated, characters = feed_counts.T[4:]
    return Repeats(repeated, characters, every)


def repeated_paragraphs(utf8: Utf8) -> Repeats:
    r"""Of paragraphs, parted by two line feeds or more, ``re.split("\n{2,}", text.strip())``."""
    parts = pieces.lines(*utf8, pieces.PARAGRAPHS)
    repeated = pieces.repeated(utf8.content, parts)
    return Repeats(repeated[:, 0], repeated[:, 1], np.diff(parts.offsets))


def normal_words(utf8: Utf8) -> normal.Normal:
    """The words of each text as they are compared: `normal.normal`."""
    return normal.normal(*utf8)


class Personal(NamedTuple):
    """
    What in each text names people, or gives keys away (`personal.found`); shape (N,) each.

    Attributes:
        emails: Addresses of electronic mail.
        addresses: IPv4 addresses of the internet.
        phones: Phone numbers.
        credentials: Private keys, access keys, tokens and passwords.
        payments: Numbers of cards and accounts.
    """

    emails: Counts
    addresses: Counts
    phones: Counts
    credentials: Counts
    payments: Counts


def personal_counts(utf8: Utf8) -> Personal:
    """Count what is personal in each text."""
    return Personal(*personal.found(*utf8, pieces.classes()).T)


def language_vectors(utf8: Utf8, language_model: str) -> NDArray[np.float32]:
    """What the model whose SHA-256 is told makes of each text: `languages.of`."""
    return languages.of(*utf8, language_model)


def likely_language(language_vectors: NDArray[np.float32], language_model: str) -> Floats:
    """The likeliest language of each text, and how likely it is: `languages.likely`."""
    return languages.likely(language_vectors, language_model)


def fraction(part: Counts, whole: Counts) -> Floats:
    """A share from 0 to 1; 0 of nothing."""
    return np.asarray(part / np.maximum(whole, 1))


def character_kinds(utf8: Utf8) -> Kinds:
    """Count the kinds of characters in each text that ratios are made of."""
    return Kinds(*kinds.count(*utf8, kinds.table()).T)


def beyond_ascii(utf8: Utf8) -> pl.Series:
    """What is beyond ASCII in each text, and what is near it: `beyond.beyond`."""
    return beyond.beyond(*utf8)


def line_shapes(utf8: Utf8) -> Shapes:
    r"""The lines of each text, ``text.split("\n")``: how long they are, and how they end."""
    return Shapes(*shapes.shapes(utf8.content, pieces.lines(*utf8, pieces.FEED)).T)


def word_numbers(utf8: Utf8, word_pieces: Pieces) -> NDArray[np.int32]:
    """A number for each word and symbol, the same for those of a text that are alike."""
    found: NDArray[np.int32] = repeats.numbered(
        utf8.content, word_pieces, kinds.table(), repeats.small()
    )
    return found


@helper
def _is_control(point: int) -> bool:
    if point < 0x80:
        return point <= 8 or point == 11 or 14 <= point <= 31 or point == 0x7F
    return 0x206A <= point <= 0x206F or point == 0xFEFF or 0xFFF9 <= point <= 0xFFFC


@kernel
def _characters(content: NDArray[np.uint8], offsets: NDArray[np.int64]) -> Any:  # noqa: ANN401
    counts = np.zeros((len(offsets) - 1, 6), np.int64)
    for n in range(len(counts)):
        at, stop = offsets[n], offsets[n + 1]
        every, space, replacement, control, c1, bidi = 0, 0, 0, 0, 0, 0
        while at < stop:
            if at + 8 <= stop:
                block = eight(content, at)
                if is_printable(block):
                    at, every, space = at + 8, every + 8, space + times(block, SPACES)
                    continue
            point, at = code_point(content, at)
            every += 1
            space += is_space(point)
            control += _is_control(point)
            replacement += point == 0xFFFD
            c1 += 0x80 <= point <= 0x9F
            bidi += 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069
        counts[n] = every, every - space, replacement, control, c1, bidi
    return counts
