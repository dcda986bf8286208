"""How much of a document is in words in a row that it says more than once: nine instruments."""

from datastd.measures import Measure, measure
from datastd.measures.text import Characters, Counts, Floats, run_fraction
from datastd.model import Level

_TOP = """
Characters of the most frequent run of {words} words of each text, as a share of all.

Words and symbols as `pieces.words` has them, with a space between two, times how often the
run occurs; of several, the first counts.  More than 1 where runs overlap; a text of few
words has a high one though nothing repeats.  0 for fewer words than {words}, NaN for
more than 262,144, which are not counted.  Shape (N,), float64.

Why it matters:
    Spam and broken templates say one thing again and again.

Remedy:
    Leave the documents out, or look at how they were extracted.

Source:
    Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
    Gopher", table A1; as datatrove's find_top_duplicate counts.
"""

_DUPLICATE = """
Characters of runs of {words} words that repeat an earlier one of each text, as a share of all.

Words and symbols as `pieces.words` has them, without the spaces.  From left to right, and
behind a run that repeats it goes on after its last word, so that nothing counts twice; two
runs are one whose letters are.  0 for fewer words than {words}, NaN for more than 262,144,
which are not counted.  Shape (N,), float64.

Why it matters:
    Parts that were copied within a document teach a model to copy.

Remedy:
    Leave the documents out, or look at how they were extracted.

Source:
    Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training
    Gopher", table A1; as datatrove's find_all_duplicate counts.  Dolma, RedPajama and NeMo
    count otherwise, by enough to turn a verdict.
"""


def _of(kind: str, words: int, code: str, says: str) -> Measure:
    """The instrument for runs of so many words."""

    def fraction(run_characters: Counts, characters: Characters) -> Floats:
        return run_fraction(run_characters, characters, words)

    fraction.__name__ = fraction.__qualname__ = f"{kind}_{words}gram_character_fraction"
    fraction.__doc__ = says.format(words=words)
    name = f"{'dup' if kind == 'duplicate' else kind}-{words}gram-char-fraction"
    return measure(code, name, unit="fraction", level=Level.WARN)(fraction)


top_2gram_character_fraction = _of("top", 2, "Q334", _TOP)
top_3gram_character_fraction = _of("top", 3, "Q335", _TOP)
top_4gram_character_fraction = _of("top", 4, "Q336", _TOP)
duplicate_5gram_character_fraction = _of("duplicate", 5, "Q337", _DUPLICATE)
duplicate_6gram_character_fraction = _of("duplicate", 6, "Q338", _DUPLICATE)
duplicate_7gram_character_fraction = _of("duplicate", 7, "Q339", _DUPLICATE)
duplicate_8gram_character_fraction = _of("duplicate", 8, "Q340", _DUPLICATE)
duplicate_9gram_character_fraction = _of("duplicate", 9, "Q341", _DUPLICATE)
duplicate_10gram_character_fraction = _of("duplicate", 10, "Q342", _DUPLICATE)
