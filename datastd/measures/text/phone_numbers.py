"""Phone numbers, as they are written in North America."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal
from datastd.model import Level


@measure("Q392", "pii-phone", unit="numbers", level=Level.WARN)
def phone_numbers(personal_counts: Personal) -> Counts:
    r"""
    How many phone numbers of ten digits are in each text.  Shape (N,), int64.

    What Dolma's regular expression finds, ``\s+\(?(\d{3})\)?[-\. ]*(\d{3})[-. ]?(\d{4})``
    with ASCII digits: white space stands before it, and the first ten digits of a longer
    number are one too.

    Why it matters:
        A model learns numbers by heart, and tells them to whoever asks.

    Remedy:
        Mask them, or leave the documents out.

    Source:
        Dolma, python/dolma/taggers/pii.py.
    """
    return personal_counts.phones
