"""
What the model will see: a user's pipeline, run on real samples, set beside their records.

A dataset that passes can still be learned wrongly: boxes that stay where they were when the
picture is resized, answers that the tokenizer shifts, labels that are all left out.
`preview` runs transform, tokenizer and collate as training does, on samples that a seed draws,
and judges what comes out by `datastd.rules.sight`.  It is a report like any other, and no part
of a certificate: nothing is promised of a pipeline.
"""

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
from datastd.rules.sight.answer_in_no_window import AnswerInNoWindow
from datastd.rules.sight.answer_span_moved import AnswerSpanMoved
from datastd.rules.sight.batch_form_differs import BatchFormDiffers
from datastd.rules.sight.batch_size_differs import BatchSizeDiffers
from datastd.rules.sight.box_degenerate import BoxDegenerate
from datastd.rules.sight.box_label_changed import BoxLabelChanged
from datastd.rules.sight.box_outside_picture import BoxOutsidePicture
from datastd.rules.sight.boxes_lost import BoxesLost
from datastd.rules.sight.every_label_masked import EveryLabelMasked
from datastd.rules.sight.label_changed import LabelChanged
from datastd.rules.sight.label_outside_classes import LabelOutsideClasses
from datastd.rules.sight.mask_size_differs import MaskSizeDiffers
from datastd.rules.sight.mask_value_made_up import MaskValueMadeUp
from datastd.rules.sight.picture_and_target_part import PictureAndTargetPart
from datastd.rules.sight.picture_made_constant import PictureMadeConstant
from datastd.rules.sight.pipeline_exception import PipelineException
from datastd.rules.sight.pixels_out_of_scale import PixelsOutOfScale
from datastd.rules.sight.target_missing import TargetMissing
from datastd.rules.sight.tensor_not_finite import TensorNotFinite
from datastd.rules.sight.token_outside_vocabulary import TokenOutsideVocabulary
from datastd.train.sight.drawing import Draw
from datastd.train.sight.pipeline import Pipeline
from datastd.train.sight.running import Run, undisturbed

SAMPLES = 1000
"""Samples that are looked at unless another number is said."""

NAME = "preview/1"
"""What stands in a report in the place of a standard."""

_CLASSES, _VOCABULARY, _COLLATE = "pipeline.classes", "pipeline.vocabulary", "pipeline.collate"


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


def _rules(pipeline: Pipeline, own: Sequence[Rule]) -> tuple[list[Rule], dict[str, str]]:
    """Every rule; and by code what the pipeline would have to say so that it can be asked."""
    limited: list[Rule] = [
        LabelOutsideClasses(classes=pipeline.classes or 1),
        TokenOutsideVocabulary(vocabulary=pipeline.vocabulary or 1),
    ]
    others: list[type[Rule]] = [
        PipelineException, TensorNotFinite, TargetMissing, BoxDegenerate, BatchFormDiffers,
        LabelChanged, BoxOutsidePicture, BoxLabelChanged, PictureAndTargetPart,
        MaskSizeDiffers, MaskValueMadeUp, AnswerSpanMoved, AnswerInNoWindow,
        PictureMadeConstant, PixelsOutOfScale, EveryLabelMasked, BoxesLost, BatchSizeDiffers,
    ]  # fmt: skip
    every = {type(rule): rule for rule in [*limited, *(kind() for kind in others), *own]}
    lacks = {
        LabelOutsideClasses.code: _CLASSES if pipeline.classes is None else "",
        TokenOutsideVocabulary.code: _VOCABULARY if pipeline.vocabulary is None else "",
        BatchFormDiffers.code: _COLLATE if pipeline.collate is None else "",
        BatchSizeDiffers.code: _COLLATE if pipeline.collate is None else "",
    }
    return sorted(every.values(), key=lambda rule: rule.code), lacks


def _judged(  # noqa: PLR0913, PLR0917
    data: Certified,
    pipeline: Pipeline,
    drawn: Drawn,
    keys: dict[str, list[str]],
    tables: dict[str, pl.DataFrame],
    own: Sequence[Rule],
) -> Report:
    """Set what was found out against the limits."""
    rules, lacks = _rules(pipeline, own)
    about = [rule for rule in rules if rule.table in tables or lacks.get(rule.code) == _COLLATE]
    asked = {rule.code: rule for rule in about if not lacks.get(rule.code)}
    predicate = data.certificate.statement.predicate
    terms = [[type(one).__module__, one.version, one.model_dump(mode="json")]
             for one in asked.values()]  # fmt: skip
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
        verdicts=tuple(rule.judge(fold(rule, [tables[rule.table]])) for rule in asked.values()),
        not_asked=tuple(
            NotAsked(code=one.code, needs=lacks[one.code]) for one in about if lacks.get(one.code)
        ),
        drawn=drawn,
    )
    _attach(report, asked, tables)
    return report


def _attach(report: Report, asked: dict[str, Rule], tables: dict[str, pl.DataFrame]) -> None:
    """Let the report list every failing row."""

    def failing(code: str) -> pl.DataFrame:
        rule = asked[code]
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
            explained=lambda code: inspect.cleandoc(asked[code].__doc__ or ""),
        ),
    )
