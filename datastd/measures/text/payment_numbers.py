"""Numbers by which people are paid."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal
from datastd.model import Level


@measure("Q395", "pii-payment-or-iban", unit="numbers", level=Level.WARN)
def payment_numbers(personal_counts: Personal) -> Counts:
    """
    How many numbers of cards and bank accounts are in each text.  Shape (N,), int64.

    A card: 13 to 19 digits that pass Luhn's check and begin with 3 to 6, or 22 to 27, as
    those of payment cards do; unbroken, or in groups of four to six with one space or hyphen
    between them, the last of any length.  Before it stands neither a letter or digit
    nor ``_``, ``.``, ``-`` or ``/``, behind it no letter or digit.  One in ten numbers passes
    by chance.  An account: an IBAN in capitals, of the length that its country has, that
    leaves 1 modulo 97; unbroken, or in groups of four with one space between them.

    Why it matters:
        With the number of a card others can pay.

    Remedy:
        Mask them, or leave the documents out.

    Source:
        ISO/IEC 7812-1 for cards, ISO 13616 and SWIFT's registry for accounts.
    """
    return personal_counts.payments
