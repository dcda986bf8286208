"""
The command line: parse, call, print, exit.

Exit codes: 0 pass, 1 something failed, 2 bad usage or configuration, 3 nothing
failed and something is unknown, 4 a bug in datastd, 130 interrupted.
"""

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from datastd.disk import refuse_inside, refuse_place
from datastd.errors import DataStdError, UsageError, frames, is_of_the_machine
from datastd.process import settle
from datastd.quiet import safe
from datastd.words import many

if TYPE_CHECKING:
    from datetime import date

    from datastd.report import Report

_BUG, _UNKNOWN, _INTERRUPTED = 4, 3, 130

app = typer.Typer(
    name="datastd", no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

cards = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(cards, name="card", help="Give the data card in other formats, or take one over.")


class Kind(StrEnum):
    """What `datastd list` lists."""

    RULES = "rules"
    MEASURES = "measures"
    STANDARDS = "standards"
    FORMATS = "formats"
    RECORDS = "records"
    CARD = "card"
    RECIPE = "recipe"


Data = Annotated[str, typer.Argument(metavar="DATA", help="Folder of the dataset.")]
StandardOption = Annotated[
    str | None,
    typer.Option(
        "--standard",
        metavar="NAME|FILE.py",
        help="Standard to judge by; else that of datastd.toml.",
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME[:OPTION]", help="Format, of `list formats`; else what is found."
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="dev|team|release", help="How strictly; else dev."),
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="ROLE=[FORMAT::]PATH",
        help="Another dataset, or a file, by its role: evaluation, reference, tokenizer, "
        "predictions, embeddings or ngrams; repeatable.",
    ),
]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", min=1, metavar="N", help="Threads; else one per core.")
]
ReportOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Write the report: .json .html .sarif .xml .md .parquet .csv; repeatable.",
    ),
]
WaiversOption = Annotated[
    Path | None,
    typer.Option("--waivers", metavar="FILE", help="A waivers.toml: what somebody answers for."),
]
ApproversOption = Annotated[
    Path | None,
    typer.Option("--trust", metavar="TRUST.toml", help="Who may approve of waivers."),
]
KeyOption = Annotated[Path, typer.Option("--key", metavar="KEY", help="A key of `keygen`.")]
TrustOption = Annotated[
    Path | None,
    typer.Option("--trust", metavar="TRUST.toml", help="Whose signatures count."),
]


def command(function: Callable[..., int | None]) -> Callable[..., int | None]:
    """Make a command of *function*; whatever ends it becomes an exit code."""
    return app.command(function.__name__.rstrip("_"))(_guarded(function))


def _guarded(function: Callable[..., int | None]) -> Callable[..., None]:
    @functools.wraps(function)
    def guarded(*arguments: Any, **options: Any) -> None:  # noqa: ANN401
        try:
            code = function(*arguments, **options) or 0
        except BaseException as error:  # noqa: BLE001  -- the last door
            code = _ended_by(error)
        raise typer.Exit(code)

    return guarded


def main(arguments: Sequence[str]) -> int:
    """Run one command; return its exit code."""
    settle()
    try:
        app(list(arguments), prog_name="datastd")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else _BUG
    except BaseException as error:  # noqa: BLE001  -- of --help and --version
        code = _ended_by(error)
    else:
        code = 0
    if code == _INTERRUPTED:
        _say("interrupted", code)
    try:
        with _for_who_reads():
            sys.stdout.flush()
    except OSError as error:
        code = _ended_by(error)
    return code


@contextlib.contextmanager
def _for_who_reads() -> Iterator[None]:
    """Print; where whoever read has gone, go on: what was done is done, and found is found."""
    try:
        yield
    except BrokenPipeError:
        _print_no_more()


def _print_no_more() -> None:
    """Let what is still to be printed vanish: Python would complain once more at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(text: str, *, end: str = "\n") -> None:
    with _for_who_reads():
        print(text, end=end, flush=True)  # noqa: T201


def _in_actions() -> bool:
    """Say whether what is printed is read for commands: this is a step of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _version(*, wanted: bool) -> None:
    if wanted:
        import datastd  # noqa: PLC0415

        _print(f"datastd {datastd.__version__}")
        raise typer.Exit


@app.callback()
def datastd_(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Print the version."),
    ] = False,
) -> None:
    """The gate between data and training."""


@command
def check(  # noqa: PLR0913, PLR0917  -- one parameter per option
    data: Data,
    standard: StandardOption = None,
    format: FormatOption = None,  # noqa: A002
    profile: ProfileOption = None,
    input: InputOption = None,  # noqa: A002
    waivers: WaiversOption = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="REPORT.json",
            help="Accept the failures that this report recorded, and no others.",
        ),
    ] = None,
    trust: ApproversOption = None,
    jobs: JobsOption = None,
    report: ReportOption = None,
) -> int:
    """
    Judge a dataset by a standard.

    Where none is named, here or in datastd.toml, one is proposed by the format, and said to be.
    Exit code: 0 pass or warn, 1 fail, 2 bad usage, 3 nothing failed and something is unknown.
    """
    from datastd.config import Place  # noqa: PLC0415
    from datastd.pipeline import check as judge  # noqa: PLC0415
    from datastd.report import face  # noqa: PLC0415

    inputs = _inputs(input)
    for path in report or ():  # what cannot be written is refused before the work
        face(path)
        for around in (Path(data), *(Place.of(one).path for one in inputs.values())):
            refuse_inside(path, around)
        refuse_place(path)
    judged = judge(
        data, standard, format=format, profile=profile, inputs=inputs, waivers=waivers,
        baseline=baseline, trust=trust, jobs=jobs,
    )  # fmt: skip
    _show(judged)
    for path in report or ():
        judged.save(path)
    return judged.outcome.exit_code


@command
def clean(  # noqa: PLR0913
    data: Data,
    out: Annotated[
        str, typer.Argument(metavar="OUT", help="New folder for the samples that pass.")
    ],
    *,
    standard: StandardOption = None,
    format: FormatOption = None,  # noqa: A002
    profile: ProfileOption = None,
    input: InputOption = None,  # noqa: A002
    also: Annotated[
        list[str] | None,
        typer.Option(
            "--also",
            metavar="CODE",
            help="Leave out what this code names as well, though it only warns; repeatable.",
        ),
    ] = None,
    copy: Annotated[
        bool, typer.Option("--copy", help="Copy files that could share their bytes (hard links).")
    ] = False,
    jobs: JobsOption = None,
) -> int:
    """
    Write the samples that pass into a new folder, and judge that.

    It is judged by the same standard.  DATA stays as it is.  Left out is what cannot be
    read, and what a rule that fails at level error names: of copies, one stays (in a test
    or val split, before train); of copies under different labels, none.
    OUT/_meta/removed.jsonl names each sample left out, and why; the data card gets a step.
    Exit code: what OUT comes to.

    Pictures are not copied where OUT is on the same disk and the profile is dev: both
    folders name the same bytes, so never edit one in place.
    """
    from datastd.cleaning import clean as write  # noqa: PLC0415

    done = write(
        data, out, standard, format=format, profile=profile, inputs=_inputs(input),
        also=also or (), copy=copy, jobs=jobs,
    )  # fmt: skip
    _print(safe(f"{data}: {done}", longest=2000))
    _print(safe(f"  {done.out / done.log} names what was left out, and why", longest=2000))
    if done.classes:
        which = ", ".join(map(str, done.classes))
        said = "a format that numbers the classes it finds now numbers them otherwise"
        _print(safe(f"  no sample is left of class {which}: {said}"))
    if done.advice:
        _print(safe(f"  {done.advice}"))
    _show(done.report)
    return done.outcome.exit_code


@command
def certify(  # noqa: PLR0913, PLR0917
    data: Data,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")],
    standard: StandardOption = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="KEY", help="Sign with this key of `keygen`.")
    ] = None,
    format: FormatOption = None,  # noqa: A002
    profile: ProfileOption = None,
    input: InputOption = None,  # noqa: A002
    waivers: WaiversOption = None,
    trust: ApproversOption = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", hidden=True)] = None,
    days: Annotated[
        float | None, typer.Option("--days", metavar="N", help="How long it counts; else 90.")
    ] = None,
    supersedes: Annotated[
        Path | None,
        typer.Option(
            "--supersedes",
            metavar="CERTIFICATE",
            help="The certificate before this one; else the one at --out.",
        ),
    ] = None,
    verifier: Annotated[
        str, typer.Option("--verifier", metavar="URI", help="Who judges, as trust files name it.")
    ] = "urn:datastd",
    *,
    keyless: Annotated[
        bool, typer.Option("--keyless", help="Sign as this CI's workflow (datastd[sign]).")
    ] = False,
    svr: Annotated[
        Path | None,
        typer.Option(
            "--svr", metavar="FILE", help="Also write in-toto's summary, for other tools (SVR)."
        ),
    ] = None,
    jobs: JobsOption = None,
) -> None:
    """Judge a dataset, and write a certificate if it passed."""
    from datastd.certificate import DAYS, Refused  # noqa: PLC0415
    from datastd.certificate import certify as judge  # noqa: PLC0415

    if baseline is not None:
        raise UsageError(
            "--baseline", "data that pass", "failures that are accepted",
            "a baseline is for `check`; have them waived, or mend the data",
        )  # fmt: skip
    try:
        certificate = judge(
            data, standard, out=out, key=key, format=format, profile=profile,
            inputs=_inputs(input), waivers=waivers, trust=trust, jobs=jobs,
            days=DAYS if days is None else days, supersedes=supersedes, keyless=keyless,
            verifier=verifier, svr=svr,
        )  # fmt: skip
    except Refused as refused:
        _show(refused.report)
        raise
    predicate = certificate.statement.predicate
    count = len(certificate.signatures)
    signed = f"signed by {count} key" if count else "not signed"
    waived = f"; {many(len(predicate.waivers), 'waiver')}" if predicate.waivers else ""
    _print(safe(
        f"{out}: {data} meets {predicate.standard.called}, "
        f"{many(predicate.coverage.records, 'sample')}{waived}; {signed}; "
        f"holds until {predicate.time_expires}",
        longest=2000,
    ))  # fmt: skip


@command
def verify(  # noqa: PLR0913, PLR0917
    data: Data,
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="Its certificate.")],
    standard: StandardOption = None,
    trust: TrustOption = None,
    format: FormatOption = None,  # noqa: A002
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What it has to call the data.")
    ] = None,
) -> None:
    """Say whether a certificate holds for a dataset, byte for byte."""
    from datastd.certificate import verify as compare  # noqa: PLC0415

    held = compare(data, certificate, standard=standard, trust=trust, format=format, name=name)
    known = held.statement.predicate
    _print(safe(
        f"{certificate} holds: {data} meets {known.standard.called}, "
        f"{many(known.coverage.records, 'sample')}; until {known.time_expires}",
        longest=2000,
    ))  # fmt: skip
    for one in known.waivers:
        said = f"  waived {one.code} in {one.scope.glob}, {one.owner} until {one.expires}"
        _print(safe(f"{said}: {one.reason}", longest=2000))


@command
def sign(  # noqa: PLR0913, PLR0917
    data: Data,
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="Its certificate.")],
    key: KeyOption,
    standard: StandardOption = None,
    trust: TrustOption = None,
    format: FormatOption = None,  # noqa: A002
) -> None:
    """Add a signature to a certificate, if it holds for a dataset."""
    from datastd.certificate import cosign  # noqa: PLC0415

    signed = cosign(data, certificate, key, standard=standard, trust=trust, format=format)
    _print(safe(f"{certificate}: signed by {many(len(signed.signatures), 'key')}", longest=2000))


@command
def waive(  # noqa: PLR0913
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="A report, saved as JSON.")],
    *,
    code: Annotated[str, typer.Option("--code", metavar="C", help="The code that fails.")],
    owner: Annotated[str, typer.Option("--owner", metavar="O", help="Who answers for it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="R", help="Why it may stay.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Its last day.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The waivers.toml; what it has stays.")
    ],
) -> None:
    """Write a waiver for a code that fails in a report."""
    from datastd.report import Report  # noqa: PLC0415
    from datastd.waivers import approval_of  # noqa: PLC0415
    from datastd.waivers import waive as write  # noqa: PLC0415

    day = _day(until)
    refuse_place(out)
    made = write(Report.load(report), code, owner=owner, reason=reason, until=day, out=out)
    _print(safe(
        f"{out}: {made.code} waived for {many(made.budget.samples, 'row')} until {made.expires}",
        longest=2000,
    ))  # fmt: skip
    if approval_of(out).exists():
        _print(safe(f"  {approval_of(out)} is of the text before: have it approved again"))


@command
def approve(
    waivers: Annotated[Path, typer.Argument(metavar="WAIVERS.toml", help="What is approved.")],
    key: KeyOption,
) -> None:
    """Sign a waivers.toml as an approver (for profiles above dev)."""
    from datastd.waivers import approve as sign_  # noqa: PLC0415

    _print(safe(f"{sign_(waivers, key)}: {waivers} is approved", longest=2000))


@command
def diff(  # noqa: PLR0913, PLR0917
    before: Annotated[str, typer.Argument(metavar="A", help="Folder of the old version.")],
    now: Annotated[str, typer.Argument(metavar="B", help="Folder of the new version.")],
    standard: StandardOption = None,
    format: FormatOption = None,  # noqa: A002
    jobs: JobsOption = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write it: .json; or the samples that changed: .parquet .csv; repeatable.",
        ),
    ] = None,
) -> None:
    """
    Say what changed between two versions of a dataset.

    Told are files, samples by their content, labels, how columns are spread, and the data card.
    Nothing is judged, and the exit code is 0 whatever has changed: to have drift judged, give
    the old version to `check --input reference=A`.
    """
    from datastd.comparing import diff as compare  # noqa: PLC0415
    from datastd.comparing import writable  # noqa: PLC0415

    for path in report or ():  # what cannot be written is refused before the work
        writable(path, before, now)
    found = compare(before, now, standard=standard, format=format, jobs=jobs)
    _print(str(found), end="")
    for path in report or ():
        found.save(path)


@command
def withdraw(  # noqa: PLR0913
    certificate: Annotated[
        Path, typer.Argument(metavar="CERTIFICATE", help="What counts no more.")
    ],
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="R", help="Why it counts no more.")],
    until: Annotated[
        str, typer.Option("--until", metavar="DATE", help="When the next list is there.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The list; what it has stays.")
    ],
    key: KeyOption,
    data: Annotated[
        bool, typer.Option("--data", help="Withdraw the data, whatever certificate they have.")
    ] = False,
) -> None:
    """
    Withdraw a certificate, in a signed list.

    Trust files name the list (`withdrawals`).
    """
    from datastd.certificate import Certificate  # noqa: PLC0415
    from datastd.certificate.standing import withdraw as write  # noqa: PLC0415

    known = Certificate.load(certificate)
    digest = known.statement.subject[0].digest.sha256 if data else known.digest
    refuse_place(out)
    number = write({digest: reason}, until=_day(until), out=out, key=key)
    _print(safe(f"{out}: list {number}, with {certificate}; until {until}", longest=2000))


@command
def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="CODE|NAME", help="What to explain: a code, or a name of `list`."),
    ],
    *,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print that of a record, Card or Recipe.")
    ] = False,
) -> None:
    """Say what a code, or a name that `list` knows, means."""
    from datastd import reference  # noqa: PLC0415

    if json_schema:
        _print(reference.json_schema(name), end="")
    else:
        _print(reference.explain(name))


@command
def list_(
    what: Annotated[Kind, typer.Argument(help="What to list.")],
) -> None:
    """List rules, measures, standards, formats, records, or fields."""
    from datastd import reference  # noqa: PLC0415

    # A pipe has no width: a line each is what others cut and count.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in reference.listing(what, width):
        _print(line)


@command
def init(
    data: Data,
    format: FormatOption = None,  # noqa: A002
    *,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Write the SHA-256 of each file beside it, too.")
    ] = False,
    manifest_only: Annotated[
        bool, typer.Option("--manifest-only", help="Write these alone, anew; no card.")
    ] = False,
) -> None:
    """Draft a data card: what the data show is filled in."""
    from datastd.describing import describe, publish_manifest  # noqa: PLC0415

    if manifest_only:
        _print(f"{publish_manifest(data)}: `sha256sum -c` reads it")
        return
    done = describe(data, format=format, manifest=manifest)
    languages = f", languages by {done.texts:,} texts" if done.texts else ""
    _print(f"{done.path}: {len(done.filled)} fields of what the data show{languages}")
    _print("  what only a person can know stands in it as comments; datastd list card has all")


def _of_cards(function: Callable[..., int | None]) -> Callable[..., None]:
    """Make a command of `datastd card` of *function*."""
    return cards.command(function.__name__.rstrip("_"))(_guarded(function))


@_of_cards
def export(
    data: Data,
    to: Annotated[
        str, typer.Option("--to", metavar="croissant|rai|hf|spdx|eu|openlineage", help="As what.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where it goes.")],
    *,
    private: Annotated[
        bool,
        typer.Option("--private", help="With contacts, exact places and whatever else is private."),
    ] = False,
    format: FormatOption = None,  # noqa: A002
) -> None:
    """
    Write the data card of a dataset in another format, beside it.

    Without --private, what only its keepers should read is left out.  What the format asks for
    and the card does not state, and what the format has no way to say, is printed.
    """
    from datastd.exchange import export as write  # noqa: PLC0415

    done = write(data, to, out, private=private, format=format)
    _print(safe(f"{done.path}: the card of {data} as {to}", longest=2000))
    for note in done.notes:
        _print(safe(f"  {note}", longest=2000))


@_of_cards
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Croissant, or a README.md.")],
    out: Annotated[Path, typer.Option("--out", metavar="datacard.toml", help="Where it goes.")],
) -> None:
    """
    Write a data card from Croissant, or from a README of Hugging Face.

    Nothing in FILE is opened, fetched or run.  What the card has no field for is printed, and
    stands in the card as comments.
    """
    from datastd.exchange import adopt_to  # noqa: PLC0415

    done = adopt_to(file, out)
    _print(safe(f"{out}: the card of {file}", longest=2000))
    for line in done.lines:
        _print(f"  {line}")


@command
def keygen(
    out: Annotated[Path, typer.Option("--out", metavar="KEY", help="Where the key goes.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="ed25519|ecdsa", help="What kind of key.")
    ] = "ed25519",
) -> None:
    """Make a key to sign certificates with; print its trust file."""
    from datastd.certificate import keygen as make  # noqa: PLC0415

    _print(make(out, kind), end="")


@command
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.toml", help="What to train, and how.")],
    set: Annotated[  # noqa: A002
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a key of the recipe; repeatable."),
    ] = None,
) -> None:
    """
    Train on certified data, as a recipe says.

    A preview of what the model will see comes first: where that fails, nothing is trained.
    `datastd list recipe` names all that a recipe may say, `datastd explain KEY` says more of it.
    """
    from datastd.train import Recipe, Unfit, run  # noqa: PLC0415
    from datastd.train.world import World  # noqa: PLC0415

    try:
        run(Recipe.read(recipe, set or ()), say=_print)
    except Unfit as unfit:
        _show(unfit.report)
        raise
    finally:
        World.leave()


@command
def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where its files go.")
    ] = Path("datastd-demo"),
) -> int:
    """Take the tour: real digits, from refusal to training."""
    from datastd.demo import tour  # noqa: PLC0415

    return tour(out)


@command
def hook(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Files that changed.")
    ] = None,
) -> int:
    """
    Check the datasets that changed files belong to.

    Those of datastd.toml, before a commit.
    """
    from datastd.hook import check_touched  # noqa: PLC0415

    return check_touched(files or (), show=_show)


def _day(text: str) -> "date":
    from datetime import date  # noqa: PLC0415

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("--until", "a day as 2027-01-31", text) from None


def _inputs(given: Sequence[str] | None) -> dict[str, str]:
    pairs = {}
    for one in given or ():
        role, found, path = one.partition("=")
        if not (role and found and path):
            raise UsageError("--input", "ROLE=PATH or ROLE=FORMAT::PATH", one)
        if role in pairs:
            raise UsageError("--input", f"one dataset as {role}", "two")
        pairs[role] = path
    return pairs


def _show(report: "Report") -> None:
    from datastd.report.text import Terminal, show  # noqa: PLC0415

    # A pipe has no width: a log is read in wide windows, and cut lines help nobody.
    width = None if sys.stdout.isatty() else 120
    terminal = Terminal(width=width, emoji=False, highlight=False, soft_wrap=False)
    if not _in_actions():
        with _for_who_reads():
            show(report, terminal)
        return
    from datastd.report import github  # noqa: PLC0415

    with github.unheard(_print), _for_who_reads():
        show(report, terminal)
    for line in github.annotations(report):
        _print(line)
    github.summarise(report)


def _ended_by(error: BaseException) -> int:
    """Say in a line or two what ended the command; return the exit code."""
    if isinstance(error, DataStdError):
        return _say(str(error), error.exit_code)
    if isinstance(error, KeyboardInterrupt):
        return _INTERRUPTED  # `main` says so, whoever noticed it
    kind = type(error).__name__
    if isinstance(error, OSError):
        _print_no_more()  # the output itself may be what failed
        return _say(f"{error.filename or 'output'}: {error.strerror or kind}", _UNKNOWN)
    if isinstance(error, MemoryError):
        return _say("out of memory: nothing is known of the data", _UNKNOWN)
    if is_of_the_machine(error):
        return _say(f"{error}: nothing is known of the data", _UNKNOWN)
    found = "".join(f"  {one}\n" for one in frames(error))
    return _say(f"a bug in datastd, {kind}: please report the lines above", _BUG, before=found)


def _say(text: str, code: int, *, before: str = "") -> int:
    said = safe(f"datastd: {text}", longest=2000)
    if _in_actions():  # of its two forms of a command, the one that may stand within a line
        said = said.replace("##[", "## [")
    with contextlib.suppress(OSError):  # nobody hears: the exit code still says it
        print(before + said, file=sys.stderr, flush=True)  # noqa: T201
    return code
