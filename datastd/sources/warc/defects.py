"""What makes a record of a web archive none, each defect with its code."""

from typing import ClassVar

from datastd.model import Level
from datastd.sources import Defect


class WarcRecordInvalid(Defect):
    """
    A record of a web archive that is not as ISO 28500 has it.

    It begins with ``WARC/1.0`` or ``WARC/1.1``; fields of 64 KiB at most, each with a name and
    a colon, say its type, length, date and id, once; two line ends stand behind as many bytes
    as its length says.  Lines end with a carriage return and a line feed.  Reading goes on at
    the next line that is a record's first.  In a record of more than 16 MiB no such line may
    be, and in none another record that ends where it does: its length is then taken to be wrong.

    Why it matters:
        Readers end at it, or look for the next record each in a way of its own; a length that
        is too large swallows the documents behind it.

    Remedy:
        Fetch the file again and compare its checksum with the published one.

    Source:
        ISO 28500:2017; IIPC, The WARC Format 1.1, sections 4 and 5.
    """

    code, name, unit = "F092", "warc-record-invalid", "samples"


class WarcDigestMismatch(Defect):
    """
    A document of a web archive with another digest than its record states.

    Of documents the block is the payload: what WARC-Block-Digest and WARC-Payload-Digest say
    is held against it, in Base32 or in hexadecimal digits.  A digest that nobody can check,
    for its algorithm or its form, is none.

    Why it matters:
        A bit that flipped, or a text that was exchanged, is a document that nobody crawled.

    Remedy:
        Fetch the file again and compare its checksum with the published one.  Write digests
        of SHA-1 or SHA-256.

    Source:
        ISO 28500:2017; IIPC, The WARC Format 1.1, sections 5.8 and 5.9.
    """

    code, name, unit = "F085", "warc-digest-mismatch", "samples"


class WarcNoDocument(Defect):
    """
    A file of a web archive with records of which no document is made.

    A document is a record of the type ``conversion`` or ``resource`` whose content is
    ``text/plain``, in one segment.  Of pages as they came, requests, metadata and
    the rest none is made: HTML is no text.  ``warcinfo`` is about the file and not counted.

    Why it matters:
        What is in the file and is not trained on is easily counted as if it were.

    Remedy:
        Extract the text of the pages: take the WET files of the crawl, or write some.

    Source:
        datastd's law that nothing is dropped silently; Common Crawl's WET files.
    """

    code, name = "F091", "warc-no-document"
    level: ClassVar[Level] = Level.WARN
    loses: ClassVar[bool] = False
