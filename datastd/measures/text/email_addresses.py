"""Addresses of electronic mail."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal
from datastd.model import Level


@measure("Q390", "pii-email", unit="addresses", level=Level.WARN)
def email_addresses(personal_counts: Personal) -> Counts:
    """
    How many addresses of electronic mail are in each text.  Shape (N,), int64.

    What datatrove's regular expression finds, capitals too; so ``git@github.com`` is one.
    Those of example.com, example.net and example.org, by which addresses are masked, are
    none.

    Why it matters:
        A model learns addresses by heart, and tells them to whoever asks.

    Remedy:
        Write ``email@example.com`` in their place.

    Source:
        datatrove, pipeline/formatters/pii.py; RFC 2606 for the masks.
    """
    return personal_counts.emails
