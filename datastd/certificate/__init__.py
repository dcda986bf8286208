"""The promise that certain bytes met a certain standard, and the gate it opens."""

from datastd.certificate.envelope import Certificate, Trust, keygen
from datastd.certificate.gate import Certified, Refused, certify, open, verify  # noqa: A004
from datastd.certificate.statement import Statement

__all__ = [
    "Certificate", "Certified", "Refused", "Statement", "Trust", "certify", "keygen",
    "open", "verify",
]  # fmt: skip
