"""Addresses of machines on the internet."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal
from datastd.model import Level


@measure("Q391", "pii-ip-public", unit="addresses", level=Level.WARN)
def public_ip_addresses(personal_counts: Personal) -> Counts:
    """
    How many IPv4 addresses of the internet are in each text.  Shape (N,), int64.

    Four numbers below 256 with dots between them, leading zeros allowed, that are no part of
    a longer word or number: neither version 1.2.3.4.5 nor 1234.5.6.789 has one.  Public are
    those that Python's `ipaddress` calls global.  The six addresses that datatrove masks
    others by are none.

    Why it matters:
        An address can lead to the person who used it; in Europe it is personal data.

    Remedy:
        Write one of datatrove's six in their place, or a private one.

    Source:
        datatrove, pipeline/formatters/pii.py, with the boundaries that it lacks; IANA's IPv4
        special-purpose address registry.
    """
    return personal_counts.addresses
