"""The preview: samples are drawn, run, set beside their records, and judged."""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from datastd import digest
from datastd.certificate import Certified
from datastd.errors import DataStdError, UsageError
from datastd.quiet import utf8
from datastd.report import Accounting, DataName, Drawn, NotAsked, Report, Split, StandardName
from datastd.report.evidence import Evidence
from datastd.report.progress import Bar
from datastd.rules import FAILING, Rule, fold, in_key_order
from datastd.sight.chance import undisturbed
from datastd.sight.drawing import Draw
from datastd.sight.pipeline import Pipeline
from datastd.sight.running import Run
from datastd.sight.terms import COLLATE, DECODE, NAME, PAD, asked

SAMPLES = 1000
"""Samples that are looked at unless another number is said."""


class Unfit(DataStdError):  # noqa: N818
    """
    A pipeline whose preview did not pass: training has not begun.

    Attributes:
        report: The verdicts.
    """

    def __init__(self, report: Report) -> None:
        flaws = [f"{v.code} {v.outcome}" for v in report.verdicts if not v.outcome.opens]
        super().__init__(
            report.data.path, "samples that a model can learn from", ", ".join(flaws),
            "nothing was trained",
        )  # fmt: skip
        self.report = report

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """As of a check: 1 where something failed, 3 where something is unknown."""
        return self.report.outcome.exit_code

    def __reduce__(self) -> tuple[Callable[..., "Unfit"], tuple[dict[str, Any]]]:
        return _unfit, (self.report.plain(),)  # what lists every failing row stays behind


def _unfit(plain: dict[str, Any]) -> Unfit:
    return Unfit(Report.from_plain(plain))


def preview(  # noqa: PLR0913
    data: Certified,
    pipeline: Pipeline,
    samples: int = SAMPLES,
    *,
    splits: Sequence[str] | None = None,
    seed: int = 0,
    rules: Sequence[Rule] = (),
) -> Report:
    """
    Judge what a pipeline makes of samples: what the model will see.

    Args:
        data: What `datastd.open` gave.
        pipeline: What makes of a sample what the model gets.
        samples: So many are looked at; all, where there are no more.  The report says which.
        splits: Of these splits; none means all.
        seed: Draws the samples, and seeds the random numbers of Python, numpy and torch
            before each.
        rules: Rules with limits of one's own, in the place of those of their kind; others
            about tables of `datastd.rules.sight` are asked as well.

    Raises:
        TypeError: *data* is not certified, or *pipeline* is none.
        UsageError: No such split; no samples asked for; a library is not installed.
        DataChanged: A file is no longer the one that was hashed.
    """
    if type(data) is not Certified:
        raise TypeError(f"data: expected what datastd.open gives, found {type(data).__name__}")
    if not isinstance(pipeline, Pipeline):
        raise TypeError(f"pipeline: expected a Pipeline, found {type(pipeline).__name__}")
    for name, number, least in (("samples", samples, 1), ("seed", seed, 0)):
        if type(number) is not int or number < least:
            raise UsageError(name, f"a whole number from {least}", f"{number!r}")
    chosen = [*data.splits] if splits is None else [*dict.fromkeys(splits)]
    draw, run = Draw(data, chosen, samples, seed), Run(pipeline, seed)
    keys: dict[str, list[str]] = {name: [] for name in chosen}
    with undisturbed(), Bar("previewing", len(draw.rows)) as bar:
        for raw in draw.records():
            run.add(raw)
            keys[raw.split].append(utf8(raw.key))
            bar.advance(1)
        facts = run.end()
    if sum(map(len, keys.values())) != len(draw.rows):
        msg = f"{len(draw.rows)} samples were drawn and {sum(map(len, keys.values()))} read"
        raise AssertionError(msg)
    drawn = Drawn(samples=len(draw.rows), of=draw.of, splits=tuple(chosen), seed=seed)
    return _judged(data, pipeline, drawn, keys, facts.tables(), rules)


def _judged(  # noqa: PLR0913, PLR0917
    data: Certified,
    pipeline: Pipeline,
    drawn: Drawn,
    keys: dict[str, list[str]],
    tables: dict[str, pl.DataFrame],
    own: Sequence[Rule],
) -> Report:
    """Set what was found out against the limits."""
    rules, lacks = asked(pipeline, own)
    unseen = {COLLATE, DECODE, PAD} if "ids_seen" in tables else {COLLATE}
    about = [one for one in rules if one.table in tables or lacks.get(one.code) in unseen]
    judged = {rule.code: rule for rule in about if not lacks.get(rule.code)}
    predicate = data.certificate.statement.predicate
    terms = [[type(one).__module__, one.version, one.model_dump(mode="json")]
             for one in judged.values()]  # fmt: skip
    report = Report(
        data=DataName(
            path=utf8(str(data.root)),
            format=predicate.format,
            digest=data.certificate.statement.subject[0].digest.sha256,
        ),
        standard=StandardName(
            name=NAME,
            digest=digest.of_bytes(digest.canonical(terms)),
            profile=predicate.standard.profile,
        ),
        complete=True,
        accounting=Accounting(
            files=predicate.coverage.files,
            bytes=predicate.coverage.bytes,
            samples=drawn.samples,
            defective=0,
        ),
        splits={
            name: Split(records=len(some), recordDigest=digest.of_bytes("\n".join(some).encode()))
            for name, some in keys.items()
        },
        verdicts=tuple(rule.judge(fold(rule, [tables[rule.table]])) for rule in judged.values()),
        not_asked=tuple(
            NotAsked(code=one.code, needs=lacks[one.code]) for one in about if lacks.get(one.code)
        ),
        drawn=drawn,
    )
    _attach(report, judged, tables)
    return report


def _attach(report: Report, judged: dict[str, Rule], tables: dict[str, pl.DataFrame]) -> None:
    """Let the report list every failing row."""

    def failing(code: str) -> pl.DataFrame:
        rule = judged[code]
        found = in_key_order(rule.failing(tables[rule.table]))
        none = pl.lit(None, pl.String)
        if "detail" not in found.columns:
            says = [rule.says(math.nan if one is None else one) for one in found["observed"]]
            found = found.with_columns(detail=pl.Series(says, dtype=pl.String))
        return found.select(*FAILING, "detail", group=none, limit=pl.lit(rule.bound()))

    report.attach(
        failing,
        evidence=Evidence(
            distributions={},
            first=lambda code, most: (
                failing(code).head(most).select("key", "split", "detail", "group")
            ),
            pictured=frozenset(),
            pictures=lambda _: iter(()),
            explained=lambda code: inspect.cleandoc(judged[code].__doc__ or ""),
        ),
    )
