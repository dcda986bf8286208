"""How much of a document is about whom to reach."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal
from datastd.model import Level


@measure("Q393", "pii-density", unit="spans", level=Level.WARN)
def personal_data_spans(personal_counts: Personal) -> Counts:
    """
    Addresses of mail, public IPv4 addresses and phone numbers in each text, together.

    As `email_addresses`, `public_ip_addresses` and `phone_numbers` count.  Shape (N,), int64.

    Why it matters:
        A document with many of them is a directory: masked, nothing is left of it.

    Remedy:
        Leave the documents out.

    Source:
        Dolma's mixers, which drop documents with more than five.
    """
    return personal_counts.emails + personal_counts.addresses + personal_counts.phones
