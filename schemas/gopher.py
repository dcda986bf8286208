"""Web text as Gopher's was filtered: quality and repetition by Rae et al. 2021, table A1."""

import functools

from datastd import Level, Standard, limit
from datastd.measures.text.alphabetic_word_fraction import alphabetic_word_fraction
from datastd.measures.text.bullet_line_fraction import bullet_line_fraction
from datastd.measures.text.duplicate_line_character_fraction import (
    duplicate_line_character_fraction,
)
from datastd.measures.text.duplicate_line_fraction import duplicate_line_fraction
from datastd.measures.text.duplicate_paragraph_character_fraction import (
    duplicate_paragraph_character_fraction,
)
from datastd.measures.text.duplicate_paragraph_fraction import duplicate_paragraph_fraction
from datastd.measures.text.ellipses_per_word import ellipses_per_word
from datastd.measures.text.ellipsis_line_fraction import ellipsis_line_fraction
from datastd.measures.text.hashes_per_word import hashes_per_word
from datastd.measures.text.mean_word_length import mean_word_length
from datastd.measures.text.repeated_runs import (
    duplicate_5gram_character_fraction,
    duplicate_6gram_character_fraction,
    duplicate_7gram_character_fraction,
    duplicate_8gram_character_fraction,
    duplicate_9gram_character_fraction,
    duplicate_10gram_character_fraction,
    top_2gram_character_fraction,
    top_3gram_character_fraction,
    top_4gram_character_fraction,
)
from datastd.measures.text.stop_words import stop_words
from datastd.measures.text.word_count import word_count
from datastd.schemas import raw_text
from datastd.schemas.versions import against_reference

# A corpus that was filtered holds no document that the filter drops.
_limit = functools.partial(limit, level=Level.ERROR, because="Rae et al. 2021, A1.1 and table A1")


RULES = (
    *raw_text.RULES,
    *against_reference("word_count", "mean_word_length", "alphabetic_word_fraction"),
)


class Rows(raw_text.Rows):  # type: ignore[misc]
    """One row per document."""

    word_count: int = _limit(ge=50, le=100_000)
    mean_word_length: float = _limit(ge=3.0, le=10.0)
    hashes_per_word: float = _limit(le=0.1)
    ellipses_per_word: float = _limit(le=0.1)
    bullet_line_fraction: float = _limit(le=0.9)
    ellipsis_line_fraction: float = _limit(le=0.3)
    alphabetic_word_fraction: float = _limit(ge=0.8)
    stop_words: int = _limit(ge=2)
    duplicate_line_fraction: float = _limit(le=0.3)
    duplicate_paragraph_fraction: float = _limit(le=0.3)
    duplicate_line_character_fraction: float = _limit(le=0.2)
    duplicate_paragraph_character_fraction: float = _limit(le=0.2)
    top_2gram_character_fraction: float = _limit(le=0.2)
    top_3gram_character_fraction: float = _limit(le=0.18)
    top_4gram_character_fraction: float = _limit(le=0.16)
    duplicate_5gram_character_fraction: float = _limit(le=0.15)
    duplicate_6gram_character_fraction: float = _limit(le=0.14)
    duplicate_7gram_character_fraction: float = _limit(le=0.13)
    duplicate_8gram_character_fraction: float = _limit(le=0.12)
    duplicate_9gram_character_fraction: float = _limit(le=0.11)
    duplicate_10gram_character_fraction: float = _limit(le=0.1)


standard = Standard(
    name="gopher/1",
    about="English web text that passes Gopher's filters of quality and repetition.",
    formats=raw_text.standard.formats,
    measures=(
        *raw_text.MEASURES,
        word_count, mean_word_length, hashes_per_word, ellipses_per_word, bullet_line_fraction,
        ellipsis_line_fraction, alphabetic_word_fraction, stop_words, duplicate_line_fraction,
        duplicate_paragraph_fraction, duplicate_line_character_fraction,
        duplicate_paragraph_character_fraction, top_2gram_character_fraction,
        top_3gram_character_fraction, top_4gram_character_fraction,
        duplicate_5gram_character_fraction, duplicate_6gram_character_fraction,
        duplicate_7gram_character_fraction, duplicate_8gram_character_fraction,
        duplicate_9gram_character_fraction, duplicate_10gram_character_fraction,
    ),
    rows=Rows,
    rules=RULES,
)  # fmt: skip
