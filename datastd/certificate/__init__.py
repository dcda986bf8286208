"""The promise that certain bytes met a certain standard, and the gate it opens."""

from datastd.certificate.envelope import Certificate
from datastd.certificate.gate import (
    DAYS,
    Certified,
    Refused,
    certify,
    cosign,
    open,  # noqa: A004
    verify,
)
from datastd.certificate.statement import Statement
from datastd.trust import Trust, keygen

__all__ = [
    "DAYS", "Certificate", "Certified", "Refused", "Statement", "Trust", "certify", "cosign",
    "keygen", "open", "verify",
]  # fmt: skip
