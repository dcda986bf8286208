"""Web text as RefinedWeb's was filtered: Gopher's filters, and lines that are of the site."""

import functools

from datastd import Level, Standard, limit
from datastd.measures.text.refinedweb_lines import (
    counter_lines,
    numeric_lines,
    one_word_lines,
    removed_word_fraction,
    uppercase_lines,
)
from datastd.schemas import gopher

# A corpus that was filtered holds no document that the filter drops, and no line either.
_limit = functools.partial(
    limit, level=Level.ERROR,
    because="Penedo et al. 2023, G.2; DCLM's dclm_baseline_refinedweb.yaml",
)  # fmt: skip


class Rows(gopher.Rows):  # type: ignore[misc]
    """One row per document."""

    uppercase_lines: int = _limit(eq=0)
    numeric_lines: int = _limit(eq=0)
    counter_lines: int = _limit(eq=0)
    one_word_lines: int = _limit(eq=0)
    removed_word_fraction: float = _limit(le=0.05)


standard = Standard(
    name="refinedweb/1",
    about="English web text that passes RefinedWeb's filters: Gopher's, and those of lines.",
    formats=gopher.standard.formats,
    measures=(
        *gopher.standard.measures,
        uppercase_lines, numeric_lines, counter_lines, one_word_lines, removed_word_fraction,
    ),
    rows=Rows,
    rules=gopher.RULES,
)  # fmt: skip
