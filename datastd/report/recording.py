"""Which rows fail, as a saved report keeps them for a later one to be compared with: hashed."""

import base64
from hashlib import sha256

from datastd.report import Report

_WIDTH = 8  # bytes of a hash: no promise rests on it
_MOST = 100_000  # keys that a report records, of all codes together


def recorded(report: Report) -> dict[str, str]:
    """
    The failing keys of a report, by code, as `Report.recorded` has them: hashed, in base64.

    A code whose keys would be more than a report has room for is left out.
    """
    left, found = _MOST, dict[str, str]()
    for verdict in report.verdicts:
        if verdict.observed <= verdict.limit or not 0 < verdict.failed <= left:
            continue
        rows = report.failing(verdict.code)
        if verdict.failed <= rows.height <= left:
            left -= rows.height
            hashes = sorted(map(hash_of, rows.get_column("key")))
            found[verdict.code] = base64.b64encode(b"".join(hashes)).decode()
    return found


def hash_of(key: str) -> bytes:
    """What is recorded of a key."""
    return sha256(key.encode()).digest()[:_WIDTH]


def hashes_of(text: str) -> list[bytes]:
    """What `recorded` put together of a code's keys; none where it is no such text."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        return []
    return [content[at : at + _WIDTH] for at in range(0, len(content), _WIDTH)]
