"""Which lines of a document C4 leaves out: five instruments that look at each line by itself."""

from datastd.measures import measure
from datastd.measures.text import C4, Counts, Floats, fraction
from datastd.model import Level


@measure("Q345", "c4-line-terminal-punct", unit="fraction", level=Level.WARN)
def unpunctuated_line_fraction(c4_line_counts: C4) -> Floats:
    """
    Lines of each text that do not end in one of . ? ! " ' or that end in ..., as a share.

    Lines by `str.splitlines` that are not blank, without the white space around them and
    without Wikipedia's citations ([1], [edit], [citation needed]).  0 for a text without
    lines.  Shape (N,), float64.

    Why it matters:
        Menus, titles and tags have no mark at the end; C4 leaves such lines out, and little
        is left of a page that is made of them.

    Remedy:
        Leave the lines out, and a document of which too many are lost.

    Source:
        Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified
        Text-to-Text Transformer", 2.2; as datatrove's C4QualityFilter has it, which takes the
        apostrophe for a mark where TFDS's c4_utils does not.
    """
    return fraction(c4_line_counts.unpunctuated, c4_line_counts.lines)


@measure("Q347", "c4-short-lines", unit="lines", level=Level.WARN)
def short_lines(c4_line_counts: C4) -> Counts:
    """
    Lines of each text (`str.splitlines`) that are not blank and have fewer than three words
    (`str.split`). Shape (N,), int64.

    Why it matters:
        A line of a word or two is a button, a menu or a label.

    Remedy:
        Leave the lines out.

    Source:
        datatrove's C4QualityFilter, min_words_per_line; TFDS's c4_utils asks for five words.
    """
    return c4_line_counts.short


@measure("Q348", "c4-long-word", unit="characters", level=Level.WARN)
def longest_word(c4_line_counts: C4) -> Counts:
    """
    Code points of the longest word of each text (`str.split`). 0 for a text without words.
    Shape (N,), int64.

    Why it matters:
        What has no space for a thousand characters is encoded data, or a script.

    Remedy:
        Leave the line out, or the document.

    Source:
        datatrove's C4QualityFilter, max_word_length, and TFDS's c4_utils.
    """
    return c4_line_counts.longest


@measure("Q351", "c4-javascript-line", unit="lines", level=Level.WARN)
def javascript_lines(c4_line_counts: C4) -> Counts:
    """
    Lines of each text (`str.splitlines`) that say javascript, in any case and in any part of a
    word. Shape (N,), int64.

    Why it matters:
        Pages that need it say so: "Please enable JavaScript" is no text of the page.

    Remedy:
        Leave the lines out.

    Source:
        Raffel et al. 2020, 2.2; datatrove's C4QualityFilter. Dolma asks for the whole word.
    """
    return c4_line_counts.javascript


@measure("Q352", "c4-policy-line", unit="lines", level=Level.WARN)
def policy_lines(c4_line_counts: C4) -> Counts:
    """
    Lines of each text (`str.splitlines`) that say terms of use, privacy policy, cookie policy,
    uses cookies, use of cookies or use cookies, in any case. Shape (N,), int64.

    Why it matters:
        The notice stands on every page of a site, and is about none.

    Remedy:
        Leave the lines out.

    Source:
        TFDS's c4_utils, _POLICY_SUBSTRINGS; datatrove's C4QualityFilter.
    """
    return c4_line_counts.policies
