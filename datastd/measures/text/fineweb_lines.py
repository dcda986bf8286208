"""What FineWeb asks of the lines of a document: four instruments."""

import numpy as np

from datastd.measures import measure
from datastd.measures.text import Characters, Counts, FineWeb, Floats, Words, fraction
from datastd.measures.text.pieces import Pieces
from datastd.model import Level


@measure("Q356", "fineweb-line-punct-ratio", unit="fraction", level=Level.WARN)
def ended_line_fraction(fineweb_line_counts: FineWeb) -> Floats:
    r"""
    Lines of each text that end in a mark that ends a sentence, as a share of its lines.

    Lines by ``split("\n")`` that are not blank; their last character itself has to be a mark
    of Sentence_Terminal of Unicode: white space behind it counts, and quotes are none.  0 for
    a text without lines.  Shape (N,), float64.

    Why it matters:
        Lists and menus have no such marks; of prose, every paragraph has one.

    Remedy:
        Leave the documents out.

    Source:
        Penedo et al. 2024, "The FineWeb Datasets", 3.5; datatrove's FineWebQualityFilter.
    """
    return fraction(fineweb_line_counts.ended, fineweb_line_counts.lines)


@measure("Q357", "fineweb-short-line-ratio", unit="fraction", level=Level.WARN)
def short_line_fraction(fineweb_line_counts: FineWeb) -> Floats:
    r"""
    Lines of each text of up to 30 code points, as a share of its lines: those by
    ``split("\n")`` that are not blank. 0 for a text without lines. Shape (N,), float64.

    Why it matters:
        Where most lines are short, they are items and labels, or lines were broken.

    Remedy:
        Leave the documents out.

    Source:
        Penedo et al. 2024, "The FineWeb Datasets", 3.5; datatrove's FineWebQualityFilter.
    """
    return fraction(fineweb_line_counts.short, fineweb_line_counts.lines)


@measure("Q358", "fineweb-char-dup-ratio", unit="fraction", level=Level.WARN)
def repeated_line_character_fraction(
    fineweb_line_counts: FineWeb, characters: Characters, feed_lines: Pieces
) -> Floats:
    r"""
    Code points of lines of each text that repeat an earlier one, as a share of all of it but
    line feeds.

    Lines by ``split("\n")`` that are not blank, with the white space around them.  0 for a
    text of line feeds.  Shape (N,), float64.

    Why it matters:
        Menus, footers and templates repeat; a model learns to repeat with them.

    Remedy:
        Leave the documents out.

    Source:
        Penedo et al. 2024, "The FineWeb Datasets", 3.5; datatrove's FineWebQualityFilter, by a
        twentieth of what Gopher lets pass.
    """
    feeds = np.diff(feed_lines.offsets) - 1
    return fraction(fineweb_line_counts.repeated, characters.all - feeds)


@measure("Q359", "fineweb-list-ratio", unit="fraction", level=Level.WARN)
def line_feeds_per_word(feed_lines: Pieces, split_words: Words) -> Floats:
    """
    Line feeds of each text for each of its words and symbols (`pieces.words`). Their number
    itself for a text without any. Shape (N,), float64.

    Why it matters:
        A list has a line for every few words.

    Remedy:
        Leave the documents out.

    Source:
        datatrove's FineWebQualityFilter, new_line_ratio, by its own words.
    """
    feeds: Counts = np.diff(feed_lines.offsets) - 1
    return fraction(feeds, split_words.all)
