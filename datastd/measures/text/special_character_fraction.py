"""How much of a document is not letters."""

from datastd.measures import measure
from datastd.measures.text import Characters, Floats, fraction
from datastd.measures.text.kinds import Kinds
from datastd.model import Level


@measure("Q372", "special-char-ratio", unit="fraction", level=Level.WARN)
def special_character_fraction(character_kinds: Kinds, characters: Characters) -> Floats:
    """
    Characters of each text that are neither letters nor the marks that letters bear (categories
    L and M of Unicode), as a share of all.  0 of an empty text.  Shape (N,), float64.
    Default: at most 0.25, as data-juicer has it; BLOOM has 0.4.

    White space, digits, punctuation, symbols and emoji are such: what data-juicer and BLOOM
    list one by one.

    Why it matters:
        Tables, prices, smileys and broken markup are no language.

    Remedy:
        Leave the documents out, or look at how they were extracted.

    Source:
        data-juicer, special_characters_filter; Laurençon et al. 2022, "The BigScience ROOTS
        Corpus", which BLOOM was trained on.
    """
    return fraction(characters.all - character_kinds.letters, characters.all)
