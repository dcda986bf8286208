"""Web text as C4's was filtered: Raffel et al. 2020, by the settings of datatrove."""

import functools

from datastd import Level, Standard, limit
from datastd.measures.text.c4_documents import c4_braces, c4_fillers, c4_sentences
from datastd.measures.text.c4_lines import (
    javascript_lines,
    longest_word,
    policy_lines,
    short_lines,
    unpunctuated_line_fraction,
)
from datastd.schemas import raw_text
from datastd.schemas.versions import against_reference

# A corpus that was filtered holds no document that the filter drops, and no line either.
_limit = functools.partial(
    limit, level=Level.ERROR, because="Raffel et al. 2020, 2.2; datatrove's C4QualityFilter"
)


class Rows(raw_text.Rows):  # type: ignore[misc]
    """One row per document."""

    unpunctuated_line_fraction: float = _limit(
        le=0.5, because="proposed: a page that loses more lines is no page of prose"
    )
    short_lines: int = _limit(eq=0)
    longest_word: int = _limit(le=1000)
    javascript_lines: int = _limit(eq=0)
    policy_lines: int = _limit(eq=0)
    c4_sentences: int = _limit(ge=5)
    c4_fillers: int = _limit(eq=0)
    c4_braces: int = _limit(eq=0)


standard = Standard(
    name="c4/1",
    about="English web text that passes C4's filters of lines and pages.",
    formats=raw_text.standard.formats,
    measures=(
        *raw_text.MEASURES,
        unpunctuated_line_fraction, short_lines, longest_word, javascript_lines, policy_lines,
        c4_sentences, c4_fillers, c4_braces,
    ),
    rows=Rows,
    rules=(*raw_text.RULES, *against_reference("longest_word", "short_lines")),
)  # fmt: skip
