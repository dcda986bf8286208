"""N002."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected
from datastd.rules.norms.licenses import references


class LicenseUnnamed(Norm):
    """
    A `LicenseRef-` licence whose text is not in the dataset.

    Each name of that kind in `identity.license` needs a file in `identity.license_files`, and
    each of these is a file of the dataset.

    Why it matters:
        A name that no list knows says nothing: the terms are what somebody wrote somewhere.

    Remedy:
        Put the text of the licence into the dataset, and name the file.

    Source:
        Hugging Face dataset cards ask for ``license_link``; SPDX 3, ``licenseText``; A3's I06.
    """

    code: ClassVar[str] = "N002"
    name: ClassVar[str] = "license-other-without-link"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        own = references(identity.license)
        if own and len(identity.license_files) < len(own):
            what = f"a file for each of {', '.join(own)}"
            yield Look("identity.license_files", expected(what, f"{len(identity.license_files)}"))
        for number, path in enumerate(identity.license_files):
            there = path in facts.files
            wrong = "" if there else expected("a file of the dataset", "a name that no file has")
            yield Look(f"identity.license_files.{number}", wrong)
