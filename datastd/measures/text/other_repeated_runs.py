"""
How much of a document is in words in a row that it says more than once, as others count.

Four tools give one text four values, by enough to turn a verdict; a standard names the one
that it means.  What datatrove counts is in `repeated_runs`.
"""

from collections.abc import Callable

import numpy as np

from datastd.measures import Measure, measure
from datastd.measures.text import Characters, Counts, Floats
from datastd.measures.text.grams import ALL, COVERED, DOLMA, DUPLICATE, NEMO
from datastd.model import Level

_SAYS = """
Characters of runs of {words} words that occur more than once in each text, {what}.

{how}
NaN for a text of more than 262,144 words, which are not counted.  Shape (N,), float64.

Why it matters:
    Parts that were copied within a document teach a model to copy.

Remedy:
    Leave the documents out, or look at how they were extracted.

Source:
    Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
    Gopher", table A1; as {tool} counts, and no other.
"""

_TOOLS = {
    "dolma": {
        "what": "as a share of those of all\nruns",
        "how": "Words by `str.split`, without the spaces between them.  Every occurrence counts,\n"
        "and characters in several runs count in each.  0 for fewer words than a run has.",
        "tool": "Dolma",
    },
    "redpajama": {
        "what": "as a share of those of all\nwords",
        "how": "Words by `str.split`, in lower case, without the punctuation of ASCII at their\n"
        "ends.  Every occurrence counts, and each word once.  0 for fewer words than a run has.",
        "tool": "RedPajama v2, and with other words DCLM,",
    },
    "nemo": {
        "what": "as a share of all its\ncharacters",
        "how": "Words by `str.split`, with a space between two.  Occurrences behind the first\n"
        "count, and each word once.  1 for fewer words than a run has.",
        "tool": "NeMo Curator",
    },
}


def _share(part: Counts, whole: Counts) -> Floats:
    return np.where(part < 0, np.nan, part / np.maximum(whole, 1))


def _of(tool: str, words: int) -> Measure:
    """The instrument for runs of so many words, as a tool counts them."""
    row = DUPLICATE.index(words)

    def dolma(tuple_counts: Counts) -> Floats:
        return _share(tuple_counts[:, row, DOLMA], tuple_counts[:, row, ALL])

    def redpajama(bare_tuple_counts: Counts) -> Floats:
        return _share(bare_tuple_counts[:, row, COVERED], bare_tuple_counts[:, -1, 0])

    def nemo(tuple_counts: Counts, characters: Characters) -> Floats:
        found = _share(tuple_counts[:, row, NEMO], characters.all)
        return np.where(tuple_counts[:, row, ALL] == 0, 1.0, found)

    fractions: dict[str, Callable[..., Floats]] = {
        "dolma": dolma, "redpajama": redpajama, "nemo": nemo,
    }  # fmt: skip
    fraction = fractions[tool]
    fraction.__name__ = fraction.__qualname__ = f"{tool}_{words}gram_character_fraction"
    fraction.__doc__ = _SAYS.format(words=words, **_TOOLS[tool])
    code, name = f"Q{332 + words}", f"dup-{words}gram-char-fraction"
    return measure(code, name, unit="fraction", level=Level.WARN)(fraction)


dolma_5gram_character_fraction = _of("dolma", 5)
dolma_6gram_character_fraction = _of("dolma", 6)
dolma_7gram_character_fraction = _of("dolma", 7)
dolma_8gram_character_fraction = _of("dolma", 8)
dolma_9gram_character_fraction = _of("dolma", 9)
dolma_10gram_character_fraction = _of("dolma", 10)
redpajama_5gram_character_fraction = _of("redpajama", 5)
redpajama_6gram_character_fraction = _of("redpajama", 6)
redpajama_7gram_character_fraction = _of("redpajama", 7)
redpajama_8gram_character_fraction = _of("redpajama", 8)
redpajama_9gram_character_fraction = _of("redpajama", 9)
redpajama_10gram_character_fraction = _of("redpajama", 10)
nemo_5gram_character_fraction = _of("nemo", 5)
nemo_6gram_character_fraction = _of("nemo", 6)
nemo_7gram_character_fraction = _of("nemo", 7)
nemo_8gram_character_fraction = _of("nemo", 8)
nemo_9gram_character_fraction = _of("nemo", 9)
nemo_10gram_character_fraction = _of("nemo", 10)
