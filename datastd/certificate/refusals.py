"""
Why a gate stays shut: the norms of attestation (N401 to N408), one class each.

Each says in its message what to do; ``datastd explain N403`` says why it is asked.
"""

from typing import ClassVar

from datastd.errors import NotCertified


class Refusal(NotCertified):
    """
    A certificate that does not hold.

    Class attributes:
        code, name: The norm that is not met.
    """

    code: ClassVar[str]
    name: ClassVar[str]

    def __str__(self) -> str:
        return f"{super().__str__()} ({self.code})"


class EnvelopeInvalid(Refusal):
    """
    No certificate as datastd wrote it, or not signed by enough of those who are trusted.

    Why it matters:
        Two readers of one text may see two certificates; and anyone can write one.

    Remedy:
        Take the file as it was issued; or have it signed by a key that `trust.toml` names, for
        this standard, in its time.  As many different keys as the threshold have to sign.

    Source:
        DSSE; A01 of the reference's norms.
    """

    code, name = "N401", "envelope-invalid"


class StatementForeign(Refusal):
    """
    A certificate of other data than were asked for, by name.

    Why it matters:
        One that is true of another dataset would be shown for this one.

    Remedy:
        Take the certificate of the dataset that is asked for, or ask for the one that it is of:
        ``--name``, or ``name`` in `datastd.toml`.

    Source:
        in-toto, statement v1; A02 of the reference's norms.
    """

    code, name = "N402", "statement-foreign"


class BytesDiffer(Refusal):
    """
    Data whose bytes, names or files are not those of the certificate.

    Why it matters:
        What was looked at is not what would be trained on.

    Remedy:
        Restore what was certified; or check the data as they are, and certify them.

    Source:
        A03 of the reference's norms.
    """

    code, name = "N403", "bytes-differ"


class ReadingDiffers(Refusal):
    """
    Data that this reader does not read as the one did that judged.

    Why it matters:
        Samples that were left out, or read otherwise, were never judged.

    Remedy:
        Read them with the format and the version of datastd that the certificate names; or
        certify them again.

    Source:
        A04 of the reference's norms.
    """

    code, name = "N404", "reading-differs"


class StandardTooWeak(Refusal):
    """
    A certificate by another standard, another version of it, or a laxer profile.

    Why it matters:
        A weaker standard can bear the same name; its digest cannot be the same.

    Remedy:
        Certify the data by the standard and the profile that are asked for, with the inputs that
        `datastd.toml` names.

    Source:
        A05 of the reference's norms.
    """

    code, name = "N405", "standard-too-weak"


class CertificateOutOfDate(Refusal):
    """
    A certificate from the future, over its last day, or older than `trust.toml` lets it be.

    Why it matters:
        What is known of data, and what may be done with them, changes.

    Remedy:
        Certify the data again; or set the clock of the machine.

    Source:
        A06 of the reference's norms.
    """

    code, name = "N406", "certificate-out-of-date"


class CertificateWithdrawn(Refusal):
    """
    A certificate that was withdrawn, or that a later one took the place of.

    Why it matters:
        Who keeps an old certificate would go on with data that others know to be bad.

    Remedy:
        Take the latest certificate of the data; where they were withdrawn, other data.

    Source:
        A07 of the reference's norms.
    """

    code, name = "N407", "certificate-withdrawn"


class CertificateWaiverInvalid(Refusal):
    """
    A certificate with waivers that nobody approved who had to, that are over, or that cannot be.

    Why it matters:
        A waiver is as good as the person who answers for it: one who did not also sign.

    Remedy:
        Have `waivers.toml` approved (``datastd approve``) by an approver of `trust.toml` who does
        not sign the certificate, and certify again.

    Source:
        A08 of the reference's norms.
    """

    code, name = "N408", "certificate-waiver-invalid"


EVERY: tuple[type[Refusal], ...] = (
    EnvelopeInvalid, StatementForeign, BytesDiffer, ReadingDiffers, StandardTooWeak,
    CertificateOutOfDate, CertificateWithdrawn, CertificateWaiverInvalid,
)  # fmt: skip
