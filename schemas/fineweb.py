"""Web text as FineWeb's was filtered: Gopher's filters, C4's but one, and its own."""

import functools

from datastd import Level, Standard, limit
from datastd.measures.text.c4_documents import (
    fineweb_braces,
    fineweb_fillers,
    fineweb_sentences,
)
from datastd.measures.text.c4_lines import (
    javascript_lines,
    longest_word,
    policy_lines,
    short_lines,
)
from datastd.measures.text.fineweb_lines import (
    ended_line_fraction,
    line_feeds_per_word,
    repeated_line_character_fraction,
    short_line_fraction,
)
from datastd.schemas import gopher

_c4 = functools.partial(
    limit, level=Level.ERROR,
    because="datatrove's examples/fineweb.py: C4QualityFilter without filter_no_terminal_punct",
)  # fmt: skip
_limit = functools.partial(
    limit, level=Level.ERROR, because="Penedo et al. 2024, 3.5; datatrove's FineWebQualityFilter"
)


class Rows(gopher.Rows):  # type: ignore[misc]
    """One row per document."""

    short_lines: int = _c4(eq=0)
    longest_word: int = _c4(le=1000)
    javascript_lines: int = _c4(eq=0)
    policy_lines: int = _c4(eq=0)
    fineweb_sentences: int = _c4(ge=5)
    fineweb_fillers: int = _c4(eq=0)
    fineweb_braces: int = _c4(eq=0)
    ended_line_fraction: float = _limit(ge=0.12)
    short_line_fraction: float = _limit(le=0.67)
    repeated_line_character_fraction: float = _limit(le=0.01)
    line_feeds_per_word: float = _limit(le=0.3)


standard = Standard(
    name="fineweb/1",
    about="English web text that passes FineWeb's filters: Gopher's, C4's and its own.",
    formats=gopher.standard.formats,
    measures=(
        *gopher.standard.measures,
        short_lines, longest_word, javascript_lines, policy_lines, fineweb_sentences,
        fineweb_fillers, fineweb_braces, ended_line_fraction, short_line_fraction,
        repeated_line_character_fraction, line_feeds_per_word,
    ),
    rows=Rows,
    rules=gopher.RULES,
)  # fmt: skip
