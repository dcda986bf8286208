"""
The gate: certify what passed, and open what is certified.

`open` is the only way to `Certified`, and `Certified` is the only thing that a
trainer takes.  Nothing here can be switched off.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from datastd import config
from datastd import standard as standards
from datastd.certificate.child import judge
from datastd.certificate.envelope import Certificate, Trust
from datastd.certificate.statement import issue
from datastd.digest import Manifest
from datastd.disk import Tree, real, refuse_empty, refuse_inside, refuse_place
from datastd.errors import NotCertified, UsageError
from datastd.model import PROFILES
from datastd.pipeline import digest_of_input, hashed, open_source, places_of, prepare
from datastd.quiet import utf8
from datastd.report import Report
from datastd.sources import Batch, Plan, Shard, Source
from datastd.sources.known import formats
from datastd.sources.tabular import Tabular

DAYS = 90.0  # life of a certificate
_MOST_DAYS = 36_500
_SKEW = timedelta(minutes=5)  # how far a clock may be behind


def certify(  # noqa: PLR0913  -- as `check`, and where the certificate goes
    data: str | Path,
    standard: str | Path | None = None,
    *,
    out: str | Path,
    key: str | Path | None = None,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    jobs: int | None = None,
    days: float = DAYS,
) -> Certificate:
    """
    Judge a dataset, and write a certificate beside it if it passed.

    Args:
        data: The dataset's folder.
        standard: A name, or a file; none takes the one of `datastd.toml`, and
            never a proposal.
        out: Where the certificate goes; not inside the dataset.
        key: A private key from `keygen`; none leaves the certificate unsigned.
        format: As for `check`, as *profile*, *inputs* and *jobs*.
        profile: See *format*.
        inputs: See *format*.
        jobs: See *format*.
        days: How long the certificate counts.

    Raises:
        UsageError: The request cannot be carried out as it was put.
        NotCertified: The data did not pass; `report` has the verdicts.
        NotJudged: The judgement did not come to its end; `DataChanged` where the data did.
    """
    if not isinstance(data, str | Path):
        raise UsageError("data", "the path of a folder", f"a {type(data).__name__}")
    path, place = refuse_empty(data), Path(out)
    entry = config.entry_for(path)
    places = places_of(inputs)
    others = (config.Place.of(one).path for one in (*entry.inputs.values(), *places.values()))
    for around in (path, *others):
        refuse_inside(place, around)
    refuse_place(place)
    _refuse_other(place)
    if not 0 < days <= _MOST_DAYS:
        raise UsageError("days", f"more than 0, and at most {_MOST_DAYS}", f"{days:g}")
    named = entry.standard if standard is None else standard
    if named is None:
        raise UsageError(
            "--standard", "the standard to certify by", "none",
            "name it, or write it into datastd.toml",
        )  # fmt: skip
    report, listed = judge(
        {
            "data": str(data),
            "standard": str(named),
            "format": format,
            "profile": profile,
            "inputs": {role: str(where) for role, where in places.items()},
            "jobs": jobs,
        }
    )
    if not report.passed:
        raise Refused(report)
    # Hashed again by this process: the child that decoded the data is not trusted
    # to say which bytes they were.
    with Tree(path) as tree:
        refuse_oddities(tree)
        _same(listed, hashed(tree))
    certificate = Certificate.of(issue(report, listed, utf8(real(path).name), days=days))
    if key is not None:
        certificate = certificate.signed(Path(key))
    certificate.save(place)
    return certificate


def _refuse_other(place: Path) -> None:
    """Refuse a place where something lies that is no certificate: it would be lost."""
    if os.path.lexists(place) and (not place.is_file() or place.stat().st_size):
        try:
            Certificate.load(place)
        except (NotCertified, UsageError):
            expected = "a new file, or a certificate to be replaced"
            raise UsageError(str(place), expected, "another file") from None


class Refused(NotCertified):
    """
    A certificate that was asked for data that did not pass.

    Attributes:
        report: The verdicts.
    """

    def __init__(self, report: Report) -> None:
        flaws = [f"{v.code} {v.outcome}" for v in report.verdicts if not v.outcome.opens]
        super().__init__(
            report.data.path, f"data that pass {report.standard.name}",
            ", ".join(flaws) or str(report.outcome), "datastd check names the samples",
        )  # fmt: skip
        self.report = report

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """As of the check: 1 where something failed, 3 where something is unknown."""
        return self.report.outcome.exit_code

    def __reduce__(self) -> tuple[type["Refused"], tuple[Report]]:
        return type(self), (self.report,)


class Certified:
    """
    Data compared, byte for byte, with their certificate.

    Made by `datastd.open` and by nothing else.  Reads through the reader that the
    data were judged with, from the descriptors that were hashed.

    Attributes:
        certificate: What is promised of them.
    """

    __slots__ = ("_plan", "_source", "certificate")

    certificate: Certificate
    _source: Source
    _plan: Plan

    def __init__(self) -> None:
        raise TypeError("expected datastd.open(path, certificate=…, standard=…)")

    def __reduce__(self) -> str:
        raise TypeError("certified data cannot be copied: open them where they are used")

    @property
    def root(self) -> Path:
        """The folder that they lie in; what is written there would no longer be they."""
        return self._source.tree.root

    @property
    def splits(self) -> dict[str, int]:
        """Samples of each split."""
        known = self.certificate.statement.predicate.splits
        return {name: split.records for name, split in known.items()}

    def shards(self, split: str) -> tuple[Shard, ...]:
        """
        The shards of a split, in data order.

        Raises:
            UsageError: There is no such split.
        """
        if split not in self.splits:
            raise UsageError("split", f"one of {', '.join(self.splits)}", split)
        return tuple(s for s in self._plan.shards if s.split == split)

    def take(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """
        Read samples by file and number, and see that nothing changed under them.

        Raises:
            DataChanged: A file is no longer the one that was hashed.
            UsageError: They were closed.
        """
        if self._source.tree.closed:
            raise UsageError("data", "data that are open", "closed ones", "open them again")
        batch = self._source.take(path, rows)
        self._source.tree.compare()
        return batch

    def compare(self) -> None:
        """
        See that every file is still the one that was hashed, and no other was added.

        Raises:
            DataChanged: One is not.
        """
        self._source.tree.compare()
        self._source.tree.walk_again()

    def close(self) -> None:
        """Give back what is held open."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(  # noqa: A001, PLR0913  -- read as datastd.open
    data: str | Path,
    *,
    certificate: str | Path,
    standard: str | Path | None = None,
    trust: str | Path | Trust | None = None,
    standard_digest: str | None = None,
    format: str | None = None,  # noqa: A002
) -> Certified:
    """
    Open a dataset whose bytes are those that a certificate is about.

    Args:
        data: The dataset's folder.
        certificate: The certificate's file.
        standard: The standard that is asked for, by name or file; none takes the
            one of `datastd.toml`, else any shipped one.
        trust: A `trust.toml`: whose signatures count, and which standards from
            files.  Needed for a certificate that is signed.
        standard_digest: Digest of a standard from a file, where no trust file
            gives it.
        format: The format, where it is not one that datastd ships: a certificate
            names no module that is imported.

    Profile and inputs that `datastd.toml` asks for are asked of the certificate.  Records are
    read as the standard's record has them: one from a file has to be named.

    Raises:
        NotCertified: The bytes, the standard, the time or the signature is not as
            the certificate has it.
        UsageError: The request cannot be carried out as it was put.
    """
    opened = _compared(data, certificate, standard, trust, standard_digest, format)
    try:
        _tell(opened, config.entry_for(opened.root).standard if standard is None else standard)
    except BaseException:
        opened.close()
        raise
    return opened


def _compared(  # noqa: PLR0913, PLR0917
    data: str | Path,
    certificate: str | Path,
    standard: str | Path | None,
    trust: str | Path | Trust | None,
    standard_digest: str | None,
    format: str | None,  # noqa: A002
) -> Certified:
    """Compare data with their certificate, as `open` says."""
    path = refuse_empty(data)
    known = Certificate.load(certificate)
    entry = config.entry_for(path)
    trusted = entry.trust if trust is None else trust
    keys = trusted if isinstance(trusted, Trust) or trusted is None else Trust.read(trusted)
    known.signed_by(keys)
    named = entry.standard if standard is None else standard
    _is_of_standard(known, named, keys, standard_digest)
    _is_as_strict(known, entry)
    _is_in_time(known, datetime.now(UTC))
    source = open_source(path, _format(known, entry.format if format is None else format))
    try:
        refuse_oddities(source.tree)
        manifest = hashed(source.tree)
        subject = known.statement.subject[0]
        if manifest.digest != subject.digest.sha256:
            raise NotCertified(
                str(data), f"the bytes certified, digest {subject.digest.sha256}",
                f"others, digest {manifest.digest}", "check and certify these, or restore those",
            )  # fmt: skip
        opened = object.__new__(Certified)
        opened.certificate, opened._source = known, source
        opened._plan = source.plan()
        source.tree.compare()
        _reads_as_certified(opened)
    except BaseException:
        source.close()
        raise
    return opened


def verify(  # noqa: PLR0913
    data: str | Path,
    certificate: str | Path,
    *,
    standard: str | Path | None = None,
    trust: str | Path | Trust | None = None,
    standard_digest: str | None = None,
    format: str | None = None,  # noqa: A002
) -> Certificate:
    """Return the certificate if it holds for a dataset; arguments and errors as for `open`."""
    with _compared(data, certificate, standard, trust, standard_digest, format) as opened:
        return opened.certificate


def _tell(opened: Certified, named: str | Path | None) -> None:
    """Tell a source of records what a record is, as the check did; *named* is the standard."""
    source = opened._source  # noqa: SLF001
    if not isinstance(source, Tabular):
        return
    name = opened.certificate.statement.predicate.standard.called
    if name in standards.shipped():
        named = name
    if named is None:
        expected = f"the file of {name}: its record says which columns were judged"
        raise UsageError("--standard", expected, "none")
    prepare(source, standards.load(named))


def _reads_as_certified(opened: Certified) -> None:
    """Refuse a reader that finds another number of samples than the one that judged."""
    found = {
        name: sum(s.samples or 0 for s in opened._plan.shards if s.split == name)  # noqa: SLF001
        for name in dict.fromkeys(s.split for s in opened._plan.shards)  # noqa: SLF001
    }
    if found != opened.splits:
        raise NotCertified("splits", str(opened.splits), str(found))


def _is_of_standard(
    known: Certificate,
    named: str | Path | None,
    trust: Trust | None,
    standard_digest: str | None,
) -> None:
    """Refuse a certificate of another standard than the one asked for."""
    predicate = known.statement.predicate
    name = predicate.standard.called
    promised = predicate.policy.digest.sha256
    accepted = {*standards.shipped().get(name, ())}
    if not accepted:
        accepted = {one.digest for one in trust.standard if one.name == name} if trust else set()
        accepted |= {standard_digest} if standard_digest else set()
    if named is not None:
        asked = standards.load(named)
        if asked.name != name:
            raise NotCertified("standard", asked.name, name)
    if standard_digest not in {None, promised}:
        raise NotCertified(f"standard {name}", str(standard_digest), promised)
    if promised not in accepted:
        expected = ", ".join(sorted(accepted)) or "a digest that a trust file gives"
        raise NotCertified(
            f"standard {name}", expected, promised,
            "state it in a trust file, [[standard]] name and digest, or in the recipe",
        )  # fmt: skip


def _is_as_strict(known: Certificate, asked: config.Dataset) -> None:
    """Refuse a certificate of a laxer judgement than `datastd.toml` asks for."""
    predicate = known.statement.predicate
    strict, wanted = predicate.standard.profile, asked.profile or "dev"
    if PROFILES.index(strict) < PROFILES.index(wanted):
        raise NotCertified("profile", f"{wanted}, as in {config.NAME}", strict, "certify again")
    given: Mapping[str, str] = {one.role: one.digest for one in predicate.inputs}
    for role, place in asked.inputs.items():
        if role not in given:
            expected = f"{role}, as in {config.NAME}"
            raise NotCertified("inputs", expected, ", ".join(given) or "none", "certify again")
        there = digest_of_input(role, config.Place.of(place).path)
        if given[role] != there:
            expected = f"{place}, as in {config.NAME}, digest {there}"
            raise NotCertified(f"input {role}", expected, given[role], "certify again")


def _format(known: Certificate, named: str | None) -> str:
    """The format to read with: the certificate's, which imports nothing that it names itself."""
    stated = known.statement.predicate.format
    if named == "":
        raise UsageError("--format", "the name of a format", "an empty name")
    if stated.partition(":")[0] not in formats() and stated != named:
        raise NotCertified(
            "format", named or f"one of {', '.join(formats())}", stated,
            "name the module of a format of your own yourself",
        )  # fmt: skip
    if named not in {None, stated}:
        raise NotCertified("format", str(named), stated)
    return stated


def _is_in_time(known: Certificate, now: datetime) -> None:
    """Refuse a certificate from the future, and one that is over."""
    predicate = known.statement.predicate
    if predicate.verified > now + _SKEW:
        raise NotCertified("timeVerified", f"at most {now:%FT%TZ}", predicate.time_verified)
    if predicate.expires <= now:
        raise NotCertified(
            "timeExpires", f"later than {now:%FT%TZ}", predicate.time_expires,
            "certify the data again",
        )  # fmt: skip


def refuse_oddities(tree: Tree) -> None:
    """
    Refuse what a manifest cannot hold: links, devices, empty folders.

    Raises:
        NotCertified: The first of them.
    """
    for path, found in tree.oddities:
        raise NotCertified(path, "regular files only", found)


def _same(judged: Manifest, again: Manifest) -> None:
    if differing := judged.differences(again):
        raise NotCertified(
            "manifest", "the files that were judged", "; ".join(differing[:3]),
            "the data changed: run again",
        )  # fmt: skip
