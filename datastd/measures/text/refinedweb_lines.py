r"""Which lines RefinedWeb removes, ``split("\n")``: four instruments, and one for all of them."""

from datastd.measures import measure
from datastd.measures.text import Counts, Floats, RefinedWeb, fraction
from datastd.model import Level


@measure("Q360", "refinedweb-uppercase-line", unit="lines", level=Level.WARN)
def uppercase_lines(refinedweb_line_counts: RefinedWeb) -> Counts:
    """
    Lines of each text of which more than half of the code points are upper case
    (`str.isupper`). Shape (N,), int64.

    Why it matters:
        What shouts is a title, a button or an advertisement.

    Remedy:
        Leave the lines out.

    Source:
        Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", G.2; DCLM's
        uppercase_ratio_line_modifier, max_ratio 0.5.
    """
    return refinedweb_line_counts.uppercase


@measure("Q361", "refinedweb-numeric-line", unit="lines", level=Level.WARN)
def numeric_lines(refinedweb_line_counts: RefinedWeb) -> Counts:
    """
    Lines of each text of digits alone (`str.isdigit`), without white space around them.
    Shape (N,), int64.

    Why it matters:
        A number on a line by itself is of a page, a price or a counter.

    Remedy:
        Leave the lines out.

    Source:
        Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", G.2; DCLM's
        numeric_ratio_line_modifier, max_ratio 0.999999.
    """
    return refinedweb_line_counts.numeric


@measure("Q362", "refinedweb-counter-line", unit="lines", level=Level.WARN)
def counter_lines(refinedweb_line_counts: RefinedWeb) -> Counts:
    """
    Lines of each text that are a counter: a number, perhaps with K, M or B behind it, and one
    of likes, shares, comments and their like (`web.COUNTERS`), in any case, with nothing but
    symbols and white space around them. Shape (N,), int64.

    Why it matters:
        "3 likes" is of the site, and no part of what was written.

    Remedy:
        Leave the lines out.

    Source:
        Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", G.2; DCLM's
        counter_line_modifier.
    """
    return refinedweb_line_counts.counters


@measure("Q363", "refinedweb-one-word-line", unit="lines", level=Level.WARN)
def one_word_lines(refinedweb_line_counts: RefinedWeb) -> Counts:
    """
    Lines of each text of one word (`str.split`), or of white space alone; an empty line is
    none of them. Shape (N,), int64.

    Why it matters:
        A word on a line by itself is a button or an item of a menu.

    Remedy:
        Leave the lines out.

    Source:
        Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", G.2; DCLM's
        line_length_modifier, min_length 2.
    """
    return refinedweb_line_counts.single


@measure("Q364", "refinedweb-words-removed", unit="fraction", level=Level.WARN)
def removed_word_fraction(refinedweb_line_counts: RefinedWeb) -> Floats:
    """
    Words of each text (`str.split`) in lines that RefinedWeb removes, as a share of all.

    Such lines are those of `uppercase_lines`, `numeric_lines`, `counter_lines` and
    `one_word_lines`, each as it stands in the text.  0 for a text without words.  Shape (N,),
    float64.

    Why it matters:
        A page of which the lines of the site are so large a part has little else.

    Remedy:
        Leave the documents out.

    Source:
        Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", G.2; DCLM's
        word_removal_ratio_filter, max_removed_ratio 0.05, which counts the words of a
        tokenizer and the phrases of a substring_line_modifier besides.
    """
    return fraction(refinedweb_line_counts.removed, refinedweb_line_counts.words)
