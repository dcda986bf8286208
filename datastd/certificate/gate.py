"""
The gate: certify what passed, and open what is certified.

`open` is the only way to `Certified`, and `Certified` is the only thing that a
trainer takes.  Nothing here can be switched off.
"""

import hashlib
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from datastd import clock, config
from datastd import standard as standards
from datastd.certificate import standing
from datastd.certificate.child import judge
from datastd.certificate.envelope import Certificate
from datastd.certificate.keyless import refuse_unready
from datastd.certificate.refusals import (
    BytesDiffer,
    CertificateOutOfDate,
    CertificateWaiverInvalid,
    ReadingDiffers,
    StandardTooWeak,
    StatementForeign,
)
from datastd.certificate.statement import VERIFIER, Statement, Terms, issue
from datastd.certificate.svr import enveloped
from datastd.digest import MANIFEST, Manifest
from datastd.disk import Tree, publish, read_whole, real, refuse_empty, refuse_inside, refuse_place
from datastd.errors import DataChanged, NotCertified, UsageError
from datastd.model import PROFILES
from datastd.pipeline import digest_of_input, hashed, open_source, places_of, prepare
from datastd.quiet import safe, utf8
from datastd.report import Report
from datastd.sources import Batch, Defect, Plan, Shard, Source
from datastd.sources.known import formats, reader
from datastd.sources.tabular import Tabular
from datastd.trust import Trust, public_of, refuse_no_key
from datastd.trust import distinct as distinct_keys
from datastd.waivers import Approval, Waivers

DAYS = 90.0  # life of a certificate
_MOST_DAYS = 36_500
_SKEW = timedelta(minutes=5)  # how far a clock may be behind
_AT_ONCE = 50 * 10**9  # bytes that are hashed when data are opened; of more, each file in its turn
_LISTED = 2 << 30  # bytes of a manifest


def certify(  # noqa: PLR0913  -- as `check`, and where the certificate goes
    data: str | Path,
    standard: str | Path | None = None,
    *,
    out: str | Path,
    key: str | Path | None = None,
    format: str | None = None,  # noqa: A002
    profile: str | None = None,
    inputs: Mapping[str, str | Path] | None = None,
    waivers: str | Path | None = None,
    trust: str | Path | None = None,
    jobs: int | None = None,
    days: float = DAYS,
    supersedes: str | Path | None = None,
    keyless: bool = False,
    verifier: str = VERIFIER,
    svr: str | Path | None = None,
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
        waivers: See *format*; they stand in the certificate.
        trust: See *format*.
        jobs: See *format*.
        days: How long the certificate counts, if no waiver ends before.
        supersedes: The certificate before this one; none takes the one at *out*.
        keyless: Whether to sign as the CI's workflow that this is (extra ``datastd[sign]``).
        verifier: Who judges, by URI: what a trust file may ask for beside the key.
        svr: Where in-toto's summary for other tools goes, if anywhere.

    Beside a certificate of much data (50 GB) lies their manifest, so that a trainer can hash each
    file in its turn: under the name of the certificate and ``.manifest``.

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
    _refuse_places([place] if svr is None else [place, Path(svr)], [path, *others])
    _refuse_other(place)
    if not verifier.strip():
        raise UsageError("--verifier", "who judges, by URI", "an empty name")
    if not 0 < days <= _MOST_DAYS:
        raise UsageError("days", f"more than 0, and at most {_MOST_DAYS}", f"{days:g}")
    named = entry.standard if standard is None else standard
    if named is None:
        raise UsageError(
            "--standard", "the standard to certify by", "none",
            "name it, or write it into datastd.toml; `datastd check` proposes one",
        )  # fmt: skip
    _refuse_unready(key, keyless=keyless)
    report, listed = judge(
        {
            "data": str(data),
            "standard": str(named),
            "format": format,
            "profile": profile,
            "inputs": {role: str(where) for role, where in places.items()},
            "waivers": None if waivers is None else str(waivers),
            "trust": None if trust is None else str(trust),
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
    used = entry.waivers if waivers is None else waivers
    certificate = Certificate.of(
        _stated(
            report, listed, utf8(real(path).name), place,
            Terms(days, verifier, _approval(report, used)), supersedes,
        )
    )  # fmt: skip
    if key is not None:
        _refuse_approver(certificate, Path(key), entry.trust if trust is None else trust)
        certificate = certificate.signed(Path(key))
    if keyless:
        certificate = certificate.signed_keyless()
    if report.accounting.bytes > _AT_ONCE:
        publish(manifest_of(place), listed.text)
    certificate.save(place)
    if svr is not None:
        publish(Path(svr), enveloped(certificate, None if key is None else Path(key)))
    return certificate


def _refuse_places(places: Sequence[Path], around: Sequence[Path]) -> None:
    """Refuse, before the work, places in the data, or where nothing can be written."""
    for place in places:
        for one in around:
            refuse_inside(place, one)
        refuse_place(place)


def _refuse_unready(key: str | Path | None, *, keyless: bool) -> None:
    """Refuse, before the work, a key that cannot sign; it is not read yet."""
    if key is not None:
        refuse_no_key(Path(key))
    if keyless:
        refuse_unready()


def _stated(  # noqa: PLR0913, PLR0917
    report: Report, listed: Manifest, name: str, place: Path, terms: Terms,
    supersedes: str | Path | None,
) -> Statement:  # fmt: skip
    """What a certificate says, and after which one it comes."""
    named = supersedes is not None
    before = _before(place if supersedes is None else Path(supersedes), name, report, named=named)
    if before is not None:
        last = before.statement.predicate.sequence or 0
        terms = replace(terms, sequence=1 + last, supersedes=before.digest)
    return issue(report, listed, name, terms)


def manifest_of(certificate: Path) -> Path:
    """Where the manifest of much data is: beside their certificate."""
    return certificate.with_name(f"{certificate.name}.manifest")


def _before(place: Path, name: str, report: Report, *, named: bool) -> Certificate | None:
    """
    The certificate that a new one takes the place of, if there is one of these data.

    Raises:
        UsageError: One was *named* that is none, or of other data, or by another standard.
    """
    if not os.path.lexists(place) and not named:
        return None
    try:
        known = Certificate.load(place)
    except (NotCertified, UsageError):
        if named:
            raise
        return None
    of = known.statement
    standard = report.standard.name.partition("/")[0]
    if (of.subject[0].name, of.predicate.standard.name) == (name, standard):
        return known
    if named:
        found = f"one of {of.subject[0].name} by {of.predicate.standard.name}"
        raise UsageError("--supersedes", f"a certificate of {name} by {standard}", found)
    return None


def _approval(report: Report, waivers: str | Path | None) -> Approval | None:
    """
    The file of the waivers that were used, as it is now, with the signatures beside it.

    Raises:
        NotCertified: It is no longer the one that was judged with.
    """
    if not report.waivers or waivers is None:
        return None
    known = Waivers.read(waivers)
    stated = {one.model_dump_json() for one in known.waivers}
    for one in report.waivers:
        if one.model_dump_json(exclude={"used", "approved_by"}) not in stated:
            raise CertificateWaiverInvalid(
                str(waivers), "the waivers that were judged with", "others",
                "the file changed: run again",
            )  # fmt: skip
    return known.approval


def _refuse_approver(certificate: Certificate, key: Path, trust: str | Path | None) -> None:
    """Refuse to sign with the key of the only approver: who waives does not also certify."""
    predicate = certificate.statement.predicate
    if predicate.approval is None or predicate.standard.profile == "dev" or trust is None:
        return
    approvers = distinct_keys(predicate.approval.approvers(Trust.read(trust)))
    if not approvers - {public_of(key)}:
        raise CertificateWaiverInvalid(
            "--key", "another key than the one that approved of the waivers", "the same",
            "have the certificate signed, or the waivers approved, by someone else",
        )  # fmt: skip


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

    def __repr__(self) -> str:
        splits = ", ".join(f"{name} {count:,}" for name, count in self.splits.items())
        known = self.certificate.statement.predicate.standard.called
        return f"<certified by {known}: {safe(str(self.root), longest=2000)}, {splits}>"

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
        self._refuse_closed()
        batch = self._source.take(path, rows)
        self._source.tree.compare()
        return batch

    def encoded(self, path: str, rows: NDArray[np.int64]) -> Batch:
        """Read as `take`, and leave pictures of a file each to be decoded: see `Source.encoded`."""
        self._refuse_closed()
        return self._source.encoded(path, rows)

    @property
    def seeks(self) -> bool:
        """Whether `take` reads samples far apart without what lies between."""
        return self._source.seeks

    def read(self, shard: Shard) -> Iterator[Batch]:
        """
        Yield the samples of a shard in order, and see that nothing changed under them.

        Raises:
            DataChanged: A file is no longer the one that was hashed.
            UsageError: They were closed.
        """
        return self._compared(self._source.read, shard)

    def words(self, shard: Shard) -> Iterator[Batch]:
        """Read as `read`, without what has to be decoded: see `Source.words`."""
        return self._compared(self._source.words, shard)

    def _compared(
        self, read: Callable[[Shard], Iterator[Batch | Defect]], shard: Shard
    ) -> Iterator[Batch]:
        self._refuse_closed()
        for one in read(shard):
            if isinstance(one, Defect):
                raise DataChanged(one.path, one.expected, one.found, "run the check again")
            self._source.tree.compare()
            yield one

    def labels(self, path: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The labels of samples that have one; none where only reading a sample tells."""
        self._refuse_closed()
        return self._source.labels(path, rows)

    def _refuse_closed(self) -> None:
        if self._source.tree.closed:
            raise UsageError("data", "data that are open", "closed ones", "open them again")

    def compare(self) -> None:
        """
        See that every file is still the one that was hashed, and no other was added.

        Raises:
            DataChanged: One is not.
        """
        self._source.tree.compare()
        self._source.tree.walk_again()

    def prove(self) -> None:
        """
        Compare, at the end of a run, and of files that live in memory the bytes too.

        Raises:
            DataChanged: One is another, or has other bytes than were certified.
        """
        self.compare()
        self._source.tree.prove_again()

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
    name: str | None = None,
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
        name: What the certificate has to call the data; none takes that of `datastd.toml`, else
            any name.

    Of more than 50 GB each file is hashed before its first sample is used, where the manifest
    lies beside the certificate, as `certify` put it there, or in the dataset.

    Profile and inputs that `datastd.toml` asks for are asked of the certificate.  Records are
    read as the standard's record has them: one from a file has to be named.

    Raises:
        NotCertified: The bytes, the standard, the time or the signature is not as
            the certificate has it.
        UsageError: The request cannot be carried out as it was put.
    """
    asked = _Asked(standard, trust, standard_digest, format, name)
    opened = _compared(data, certificate, asked, at_once=_AT_ONCE)
    try:
        _tell(opened, config.entry_for(opened.root).standard if standard is None else standard)
    except BaseException:
        opened.close()
        raise
    return opened


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of a certificate, as the arguments of `open` say."""

    standard: str | Path | None = None
    trust: str | Path | Trust | None = None
    standard_digest: str | None = None
    format: str | None = None
    name: str | None = None


def _compared(
    data: str | Path, certificate: str | Path, asked: _Asked, *, at_once: float
) -> Certified:
    """
    Compare data with their certificate, as `open` says.

    Args:
        data: The dataset's folder.
        certificate: The certificate's file.
        asked: What is asked of it.
        at_once: Bytes up to which all is hashed here; of more, each file before its first use.
    """
    path = refuse_empty(data)
    known = Certificate.load(certificate)
    entry = config.entry_for(path)
    trusted = entry.trust if asked.trust is None else asked.trust
    keys = trusted if isinstance(trusted, Trust) or trusted is None else Trust.read(trusted)
    known.signed_by(keys)
    opened = _held(path, Path(certificate), known, asked, keys, entry, at_once)
    try:
        standing.remember(known, keys)
    except BaseException:
        opened.close()
        raise
    return opened


def _held(  # noqa: PLR0913, PLR0917
    path: Path, place: Path, known: Certificate, asked: _Asked, keys: Trust | None,
    entry: config.Dataset, at_once: float,
) -> Certified:  # fmt: skip
    """Ask of a certificate, whose signatures count, all that there is to ask beside them."""
    _is_called(known, entry.name if asked.name is None else asked.name)
    named = entry.standard if asked.standard is None else asked.standard
    standards.refuse_in_dataset(named, path)
    _is_of_standard(known, named, keys, asked.standard_digest)
    _is_as_strict(known, entry)
    standing.refuse_low(known, keys)
    called = _format(known, entry.format if asked.format is None else asked.format)
    unreadable = {kind.code for kind in reader(called.partition(":")[0]).kinds}
    standing.refuse_waivers(known, keys, unreadable)
    _is_in_time(known, clock.now())
    standing.refuse_withdrawn(known, keys)
    source = open_source(path, called)
    try:
        refuse_oddities(source.tree)
        _prove(source.tree, known, path, place, at_once)
        opened = object.__new__(Certified)
        opened.certificate, opened._source = known, source
        with source.tree.unproven() as read:
            opened._plan = source.plan()
        # What a plan has read of payloads is hashed before they are used; all else, now.
        source.tree.prove(read - {shard.path for shard in opened._plan.shards})
        source.tree.compare()
        _reads_as_certified(opened)
    except BaseException:
        source.close()
        raise
    return opened


def _prove(tree: Tree, known: Certificate, path: Path, place: Path, at_once: float) -> None:
    """Hash everything; or of much data with their manifest at hand, see that names and size fit."""
    subject = known.statement.subject[0].digest.sha256
    if tree.size > at_once and (listed := _manifest(path, place, subject)) is not None:
        names = {*tree.stamps} - {MANIFEST}
        if differing := sorted(names ^ {*listed}):
            raise BytesDiffer(
                differing[0], "the files of the manifest", "another",
                "check and certify these, or restore those",
            )  # fmt: skip
        size = sum(tree.stamps[name].size for name in names)
        if size != known.statement.predicate.coverage.bytes:
            raise BytesDiffer(
                str(path), f"{known.statement.predicate.coverage.bytes} bytes", f"{size}",
                "check and certify these, or restore those",
            )  # fmt: skip
        tree.guard(listed, hashed=False)
        return
    manifest = hashed(tree)
    if manifest.digest != subject:
        raise BytesDiffer(
            str(path), f"the bytes certified, digest {subject}",
            f"others, digest {manifest.digest}", "check and certify these, or restore those",
        )  # fmt: skip
    tree.guard(dict(manifest.files), hashed=True)


def _manifest(path: Path, place: Path, subject: str) -> dict[str, str] | None:
    """SHA-256 by file, as the manifest with this digest has it; none where there is none."""
    for where in (manifest_of(place), path / MANIFEST):
        if where.is_file() and not where.is_symlink():
            text = read_whole(where, most=_LISTED, what="a manifest")
            if hashlib.sha256(text).hexdigest() == subject:
                lines = text.decode().splitlines()
                return {line[66:]: line[:64] for line in lines}
    return None


def verify(  # noqa: PLR0913
    data: str | Path,
    certificate: str | Path,
    *,
    standard: str | Path | None = None,
    trust: str | Path | Trust | None = None,
    standard_digest: str | None = None,
    format: str | None = None,  # noqa: A002
    name: str | None = None,
) -> Certificate:
    """Return the certificate if it holds for a dataset; arguments and errors as for `open`."""
    asked = _Asked(standard, trust, standard_digest, format, name)
    with _compared(data, certificate, asked, at_once=math.inf) as opened:
        return opened.certificate


def cosign(  # noqa: PLR0913
    data: str | Path,
    certificate: str | Path,
    key: str | Path,
    *,
    standard: str | Path | None = None,
    trust: str | Path | None = None,
    format: str | None = None,  # noqa: A002
) -> Certificate:
    """
    Add a signature to a certificate, once it holds for the bytes of a dataset.

    Whose signatures are on it is not asked; all else is, as by `verify`.

    Raises:
        NotCertified: As `open`.
        UsageError: As `open`; or there is no key.
    """
    path, place = refuse_empty(data), Path(certificate)
    refuse_inside(place, path)
    standards.refuse_in_dataset(standard, path)
    known, entry = Certificate.load(place), config.entry_for(path)
    asked = _Asked(standard=standard, format=format)
    predicate = known.statement.predicate
    name = predicate.standard.called
    if name not in standards.shipped():  # the digest of a file that the signer names
        own = standards.load(standard).digest if standard is not None else None
        asked = _Asked(standard=standard, format=format, standard_digest=own)
    named = entry.trust if trust is None else trust
    trusted = None if named is None else Trust.read(named)
    with _held(path, place, known, asked, trusted, entry, math.inf):
        signed = known.signed(Path(key))
    signed.save(place)
    return signed


def _is_called(known: Certificate, name: str | None) -> None:
    """Refuse a certificate of data of another name than was asked for."""
    found = known.statement.subject[0].name
    if name is not None and found != name:
        raise StatementForeign(
            "name", f"a certificate of {name}", f"one of {found}",
            "take the certificate of the data that are asked for",
        )  # fmt: skip


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
        raise ReadingDiffers(
            "splits", str(opened.splits), str(found),
            "read them with the version of datastd that the certificate names, or certify again",
        )  # fmt: skip


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
            raise StandardTooWeak("standard", asked.name, name, f"certify by {asked.name}")
    if standard_digest not in {None, promised}:
        raise StandardTooWeak(
            f"standard {name}", str(standard_digest), promised, "certify by the file asked for"
        )
    if promised not in accepted:
        expected = ", ".join(sorted(accepted)) or "a digest that a trust file gives"
        raise StandardTooWeak(
            f"standard {name}", expected, promised,
            "state it in a trust file, [[standard]] name and digest, or in the recipe",
        )  # fmt: skip


def _is_as_strict(known: Certificate, asked: config.Dataset) -> None:
    """Refuse a certificate of a laxer judgement than `datastd.toml` asks for."""
    predicate = known.statement.predicate
    strict, wanted = predicate.standard.profile, asked.profile or "dev"
    if PROFILES.index(strict) < PROFILES.index(wanted):
        raise StandardTooWeak("profile", f"{wanted}, as in {config.NAME}", strict, "certify again")
    given: Mapping[str, str] = {one.role: one.digest for one in predicate.inputs}
    for role, place in asked.inputs.items():
        if role not in given:
            expected = f"{role}, as in {config.NAME}"
            raise StandardTooWeak("inputs", expected, ", ".join(given) or "none", "certify again")
        there = digest_of_input(role, config.Place.of(place).path)
        if given[role] != there:
            expected = f"{place}, as in {config.NAME}, digest {there}"
            raise StandardTooWeak(f"input {role}", expected, given[role], "certify again")


def _format(known: Certificate, named: str | None) -> str:
    """The format to read with: the certificate's, which imports nothing that it names itself."""
    stated = known.statement.predicate.format
    if named == "":
        raise UsageError("--format", "the name of a format", "an empty name")
    if stated.partition(":")[0] not in formats() and stated != named:
        raise ReadingDiffers(
            "format", named or f"one of {', '.join(formats())}", stated,
            "name the module of a format of your own yourself",
        )  # fmt: skip
    if named not in {None, stated}:
        raise ReadingDiffers("format", str(named), stated, "leave out --format")
    return stated


def _is_in_time(known: Certificate, now: datetime) -> None:
    """Refuse a certificate from the future, and one that is over."""
    predicate = known.statement.predicate
    if predicate.verified > now + _SKEW:
        raise CertificateOutOfDate(
            "timeVerified", f"at most {now:%FT%TZ}", predicate.time_verified,
            "set the clock of this machine, or of the one that certified",
        )  # fmt: skip
    if predicate.expires <= now:
        raise CertificateOutOfDate(
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
        raise BytesDiffer(
            path, "regular files only", found, "put the file itself there, or nothing"
        )


def _same(judged: Manifest, again: Manifest) -> None:
    if differing := judged.differences(again):
        raise BytesDiffer(
            "manifest", "the files that were judged", "; ".join(differing[:3]),
            "the data changed: run again",
        )  # fmt: skip
