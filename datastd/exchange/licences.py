"""Licences as others name them: by a page, or by an identifier of Hugging Face."""

import re

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

_PAGE = "https://spdx.org/licenses/{}.html"
_SPDX = re.compile(r"https?://(?:www\.)?spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?")
_CREATIVE = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(licenses|publicdomain)/([a-z-]+)/([0-9]\.[0-9])(?:/(?:deed|legalcode)[a-z.]*)?/?"
)
_PAGES = {
    "opensource.org/licenses/mit": "MIT", "opensource.org/license/mit": "MIT",
    "opensource.org/licenses/bsd-3-clause": "BSD-3-Clause",
    "www.apache.org/licenses/license-2.0": "Apache-2.0",
    "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
    "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
    "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
    "cdla.dev/permissive-2-0": "CDLA-Permissive-2.0",
}  # fmt: skip

HUB = {
    "apache-2.0": "Apache-2.0", "mit": "MIT", "odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0",
    "pddl": "PDDL-1.0", "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause",
    "cc0-1.0": "CC0-1.0", "cc-by-2.0": "CC-BY-2.0", "cc-by-2.5": "CC-BY-2.5",
    "cc-by-3.0": "CC-BY-3.0", "cc-by-4.0": "CC-BY-4.0", "cc-by-sa-3.0": "CC-BY-SA-3.0",
    "cc-by-sa-4.0": "CC-BY-SA-4.0", "cc-by-nc-2.0": "CC-BY-NC-2.0", "cc-by-nc-3.0": "CC-BY-NC-3.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0", "cc-by-nd-4.0": "CC-BY-ND-4.0",
    "cc-by-nc-nd-3.0": "CC-BY-NC-ND-3.0", "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
    "cc-by-nc-sa-2.0": "CC-BY-NC-SA-2.0", "cc-by-nc-sa-3.0": "CC-BY-NC-SA-3.0",
    "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0", "cdla-sharing-1.0": "CDLA-Sharing-1.0",
    "cdla-permissive-1.0": "CDLA-Permissive-1.0", "cdla-permissive-2.0": "CDLA-Permissive-2.0",
    "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "agpl-3.0": "AGPL-3.0-only",
    "lgpl-3.0": "LGPL-3.0-only", "mpl-2.0": "MPL-2.0", "unlicense": "Unlicense", "isc": "ISC",
    "wtfpl": "WTFPL", "artistic-2.0": "Artistic-2.0", "bsl-1.0": "BSL-1.0", "zlib": "Zlib",
    "ncsa": "NCSA", "afl-3.0": "AFL-3.0", "ecl-2.0": "ECL-2.0", "eupl-1.1": "EUPL-1.1",
    "eupl-1.2": "EUPL-1.2", "gfdl": "GFDL-1.3-only", "ms-pl": "MS-PL", "osl-3.0": "OSL-3.0",
    "postgresql": "PostgreSQL", "ofl-1.1": "OFL-1.1", "lppl-1.3c": "LPPL-1.3c",
}  # fmt: skip
"""
Identifiers of the hub, and those of SPDX.

The hub has others that name a family, or terms of one maker (``gpl``, ``openrail``, ``llama3``):
these have no identifier of SPDX.
"""

_TO_HUB = {spdx: hub for hub, spdx in HUB.items()}


def listed(text: str) -> bool:
    """Say whether a text is one identifier of SPDX's list, written as the list has it."""
    try:
        return (
            " " not in text
            and canonicalize_license_expression(text) == text
            and (not text.startswith("LicenseRef-"))
        )
    except InvalidLicenseExpression:
        return False


def page_of(licence: str) -> str:
    """The page of a listed licence; any other as it is."""
    return _PAGE.format(licence) if listed(licence) else licence


def of_page(page: str) -> str | None:
    """The licence that a page is about; None for a page that nobody knows."""
    if whole := _SPDX.fullmatch(page):
        return whole[1] if listed(whole[1]) else None
    if whole := _CREATIVE.fullmatch(page):
        name = "CC0" if whole[2] == "zero" else f"CC-{whole[2].upper()}"
        return licence if listed(licence := f"{name}-{whole[3]}") else None
    return _PAGES.get(page.partition("://")[2].lower().rstrip("/"))


def hub_of(licence: str) -> str | None:
    """The hub's identifier of a licence; None where it has none."""
    return _TO_HUB.get(licence)
