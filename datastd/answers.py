"""How answers end: what measures see of it, and rules judge."""

UNENDED, OPEN_FENCE, LEADS, TRAILS = (1 << n for n in range(4))
"""
Bits of ``answer_ends``.

The last visible character is no mark that ends a sentence, and closes nothing; a fence of
code was opened, and not closed; white space stands before the first visible character, or
behind the last.
"""
