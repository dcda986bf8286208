"""Digests that the records of web archives state, held against their blocks."""

import base64
import binascii
import hashlib

from datastd.digest import CHECKED


def differs(block: memoryview, stated: bytes) -> tuple[str, str] | None:
    """
    Say what was expected and found, where a block has another digest than *stated*.

    That is ``sha1:B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A``: an algorithm, and its digest in Base32 or
    in hexadecimal digits.
    """
    name, _, value = stated.decode("latin-1").partition(":")
    known = {one.replace("_", ""): one for one in CHECKED}
    algorithm = known.get(name.strip().lower().replace("-", "").replace("_", ""))
    if algorithm is None:
        return "a digest that can be checked, such as sha1", "another"
    found = hashlib.new(algorithm, block)
    expected = _decoded(value.strip(), found.digest_size)
    if expected is None:
        return f"a digest of {algorithm}, in Base32 or in hexadecimal digits", "another value"
    if expected != found.digest():
        return f"{algorithm}:{expected.hex()}, as stated", f"{algorithm}:{found.hexdigest()}"
    return None


def _decoded(value: str, size: int) -> bytes | None:
    """The bytes of a digest of *size* of them; None where it is none."""
    plain = value.rstrip("=")
    try:
        if len(plain) == 2 * size:
            return bytes.fromhex(plain)
        known = base64.b32decode(plain.upper() + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        return None
    return known if len(known) == size else None
