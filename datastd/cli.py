"""
The command line: parse, call, print, exit.

Exit codes: 0 pass, 1 something failed, 2 bad usage or configuration, 3 nothing
failed and something is unknown, 4 a bug in datastd, 130 interrupted.
"""

import contextlib
import functools
import os
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


Data = Annotated[str, typer.Argument(metavar="DATA", help="Folder of the dataset.")]
StandardOption = Annotated[
    str | None, typer.Option("--standard", metavar="NAME|FILE.py", help="Standard to judge by.")
]
FormatOption = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="Format; else what is found.")
]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", metavar="dev|team|release", help="How strictly.")
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="ROLE=[FORMAT::]PATH",
        help="Another dataset, or a table by key, by its role; repeatable.",
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
    jobs: JobsOption = None,
    report: ReportOption = None,
) -> int:
    """Judge a dataset by a standard."""
    from datastd.config import Place  # noqa: PLC0415
    from datastd.pipeline import check as judge  # noqa: PLC0415
    from datastd.report import face  # noqa: PLC0415

    inputs = _inputs(input)
    for path in report or ():  # what cannot be written is refused before the work
        face(path)
        for around in (Path(data), *(Place.of(one).path for one in inputs.values())):
            refuse_inside(path, around)
        refuse_place(path)
    judged = judge(data, standard, format=format, profile=profile, inputs=inputs, jobs=jobs)
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
    Write the samples that pass into a new folder, and judge it by the same standard.

    DATA stays as it is.  Left out is what cannot be read, and what a rule that fails at
    level error names: of copies, one stays (in a test or val split, before train); of
    copies under different labels, none.  OUT/_meta/removed.jsonl names each sample left
    out, and why; the data card gets a step.  Exit code: what OUT comes to.

    Pictures are not copied where OUT is on the same disk: both folders name the same
    bytes, so never edit one in place.
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
    jobs: JobsOption = None,
) -> None:
    """Judge a dataset, and write a certificate if it passed."""
    from datastd.certificate import Refused  # noqa: PLC0415
    from datastd.certificate import certify as judge  # noqa: PLC0415

    try:
        certificate = judge(
            data, standard, out=out, key=key, format=format, profile=profile,
            inputs=_inputs(input), jobs=jobs,
        )  # fmt: skip
    except Refused as refused:
        _show(refused.report)
        raise
    predicate = certificate.statement.predicate
    signed = f"signed by {len(certificate.signatures)} key" if key else "not signed"
    _print(safe(
        f"{out}: {data} meets {predicate.standard.called}, "
        f"{many(predicate.coverage.records, 'sample')}; {signed}; "
        f"holds until {predicate.time_expires}",
        longest=2000,
    ))  # fmt: skip


@command
def verify(
    data: Data,
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="Its certificate.")],
    standard: StandardOption = None,
    trust: TrustOption = None,
    format: FormatOption = None,  # noqa: A002
) -> None:
    """Say whether a certificate holds for a dataset, byte for byte."""
    from datastd.certificate import verify as compare  # noqa: PLC0415

    held = compare(data, certificate, standard=standard, trust=trust, format=format)
    known = held.statement.predicate
    _print(safe(
        f"{certificate} holds: {data} meets {known.standard.called}, "
        f"{many(known.coverage.records, 'sample')}; until {known.time_expires}",
        longest=2000,
    ))  # fmt: skip


@command
def explain(
    name: Annotated[
        str, typer.Argument(metavar="CODE|STANDARD|FORMAT|RECORD|FIELD", help="What to explain.")
    ],
    *,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of a record, or of Card.")
    ] = False,
) -> None:
    """Say what a code, a measure, a standard, a format, a record or a field of the card means."""
    from datastd import reference  # noqa: PLC0415

    if json_schema:
        _print(reference.json_schema(name), end="")
    else:
        _print(reference.explain(name))


@command
def list_(
    what: Annotated[Kind, typer.Argument(help="What to list.")],
) -> None:
    """List all rules, measures, standards, formats, records or fields of the card, a line each."""
    from datastd import reference  # noqa: PLC0415

    for line in reference.listing(what):
        _print(line)


@command
def init(
    data: Data,
    format: FormatOption = None,  # noqa: A002
) -> None:
    """Draft a data card into a dataset: what the data show, and marks of what they do not."""
    from datastd.describing import describe  # noqa: PLC0415

    done = describe(data, format=format)
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
) -> None:
    """Make a key to sign certificates with, and print the trust file for it."""
    from datastd.certificate import keygen as make  # noqa: PLC0415

    _print(make(out), end="")


@command
def train(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE.toml", help="What to train, and how.")],
    set: Annotated[  # noqa: A002
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Set a key of the recipe; repeatable."),
    ] = None,
) -> None:
    """Train on certified data as a recipe says, if a preview of what is learned from passes."""
    from datastd.train import Recipe, Unfit, run  # noqa: PLC0415

    try:
        run(Recipe.read(recipe, set or ()), say=_print)
    except Unfit as unfit:
        _show(unfit.report)
        raise


@command
def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where its files go.")
    ] = Path("datastd-demo"),
) -> int:
    """Take the tour: real digits, refused, checked, certified and trained on."""
    from datastd.demo import tour  # noqa: PLC0415

    return tour(out)


@command
def hook(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Files that changed.")
    ] = None,
) -> int:
    """Check the datasets of datastd.toml that changed files belong to (for pre-commit)."""
    from datastd.hook import check_touched  # noqa: PLC0415

    return check_touched(files or (), show=_show)


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
