"""
The steps of processing as events of OpenLineage, one a line: a run begins, and a run ends.

Source:
    OpenLineage, spec 2-0-2, with the versions of the facets that are named here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from datastd.card import Card
from datastd.card.fields import places
from datastd.card.processing import Step
from datastd.exchange.objects import Object
from datastd.exchange.parcel import Parcel
from datastd.exchange.spelling import line_of
from datastd.exchange.walk import by_term
from datastd.rules.norms.lineage import name_of

_SPEC = "https://openlineage.io/spec"
_EVENT = f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
PRODUCER = "urn:datastd:exchange"

_FACETS: Mapping[str, tuple[str, str, str]] = {
    "JobTypeJobFacet": ("job", "jobType", "2-0-4"),
    "ProcessingEngineRunFacet": ("run", "processing_engine", "1-1-1"),
    "InputStatisticsInputDatasetFacet": ("input", "inputStatistics", "1-0-0"),
    "OutputStatisticsOutputDatasetFacet": ("output", "outputStatistics", "1-0-2"),
    "DatasetVersionDatasetFacet": ("dataset", "version", "1-0-1"),
    "StorageDatasetFacet": ("dataset", "storage", "1-0-1"),
}  # fmt: skip
"""Facets by their names: of what each is, its key there, and the version of its schema."""


_BESIDE = frozenset({
    "identity.name", "collection.sources[].id", "collection.sources[].rows",
    "processing.steps[].started", "processing.steps[].ended",
})  # fmt: skip
"""What is written besides under names that no field has for itself."""

_NOT = frozenset({"storage.compression"})
"""What has a name there, under which the layer stands that all files are in."""


def write(parcel: Parcel) -> bytes:
    """The steps that the card states, one event a line."""
    steps = parcel.card.processing.steps
    if not steps:
        parcel.notes.append("OpenLineage is of steps, and the card states none: processing.steps")
    named = {one.path for one in places() if one.terms.openlineage} - _NOT
    parcel.leaves("OpenLineage", named | _BESIDE)
    return b"".join(line_of(event) for event in _events(parcel, steps))


def _events(parcel: Parcel, steps: Sequence[Step]) -> Iterator[Object]:
    for number, step in enumerate(steps):
        where = f"processing.steps.{number}"
        if step.code is not None:
            parcel.notes.append(f"OpenLineage asks for the address of code: {where}.code")
        for kind, name in {"START": "started", "COMPLETE": "ended"}.items():
            time: datetime | None = getattr(step, name)
            if time is None:
                parcel.notes.append(f"no event without a time: {where}.{name}")
                continue
            if time.tzinfo is None:
                parcel.notes.append(f"taken as UTC: {where}.{name}")
            yield _event(parcel, number, step, kind, time)


def _event(parcel: Parcel, number: int, step: Step, kind: str, time: datetime) -> Object:
    card, known = parcel.card, _by_facet(step)
    space = card.identity.name or "dataset"
    run = uuid5(NAMESPACE_URL, f"{parcel.digest}/{number}")
    event: Object = {
        "eventType": kind, "eventTime": _moment(time), "producer": PRODUCER, "schemaURL": _EVENT,
        "run": {"runId": str(run), "facets": _of("run", known, needs="version")},
        "job": {
            "namespace": space, "name": name_of(number, step),
            "facets": _of("job", known, processingType="BATCH", integration="DATASTD"),
        },
    }  # fmt: skip
    if kind == "COMPLETE":
        read = _inputs(number, step, card)
        event["inputs"] = [_input(space, one, step, read, card) for one in read]
        event["outputs"] = [_output(parcel, space, number, step)]
    return event


def _moment(time: datetime) -> str:
    whole = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
    return whole.isoformat().replace("+00:00", "Z")


def _by_facet(step: Step) -> dict[str, Object]:
    """What a step states, by facet and by the name in it."""
    found: dict[str, Object] = {}
    for term, values in by_term(step, "openlineage").items():
        facet, dot, name = term.partition(".")
        if dot and facet in _FACETS:
            found.setdefault(facet, {})[name] = values[0]
    return found


def _of(of: str, known: Mapping[str, Object], needs: str = "", **more: str) -> Object:
    """The facets of a part of an event: those of which all is known that they need."""
    return {
        key: _facet(facet, {**more, **known[facet]})
        for facet, (where, key, _) in _FACETS.items()
        if where == of and facet in known and (not needs or needs in known[facet])
    }


def _facet(name: str, values: Object) -> Object:
    schema = f"{_SPEC}/facets/{_FACETS[name][2]}/{name}.json#/$defs/{name}"
    return {"_producer": PRODUCER, "_schemaURL": schema, **values}


def _inputs(number: int, step: Step, card: Card) -> list[str]:
    """What a step read: what it names, else the step before, else all sources."""
    if step.inputs:
        return [*step.inputs]
    if number:
        return [name_of(number - 1, card.processing.steps[number - 1])]
    return [one.id or f"source {place}" for place, one in enumerate(card.collection.sources)]


def _input(space: str, name: str, step: Step, read: Sequence[str], card: Card) -> Object:
    """What was read: how much of it, where it was all that was, or where the card knows it."""
    rows = step.rows_in if len(read) == 1 else _rows(name, card)
    facets = {"inputStatistics": _facet("InputStatisticsInputDatasetFacet", {"rowCount": rows})}
    return {
        "namespace": space, "name": name,
        "facets": _version(step.inputs_sha256 if len(read) == 1 else None),
        "inputFacets": facets if rows is not None else {},
    }  # fmt: skip


def _rows(name: str, card: Card) -> int | None:
    """Records of a source, or those that a step gave."""
    sources = {one.id: one.rows for one in card.collection.sources}
    steps = {name_of(number, one): one.rows_out for number, one in enumerate(card.processing.steps)}
    return sources.get(name, steps.get(name))


def _version(sha256: str | None) -> Object:
    if sha256 is None:
        return {}
    return {"version": _facet("DatasetVersionDatasetFacet", {"datasetVersion": sha256})}


def _output(parcel: Parcel, space: str, number: int, step: Step) -> Object:
    """What a step gave; the last gave the dataset."""
    facets = _version(step.outputs_sha256)
    if number == len(parcel.card.processing.steps) - 1:
        kept = {"storageLayer": "file", "fileFormat": parcel.source.format}
        facets = _version(step.outputs_sha256 or parcel.digest)
        facets["storage"] = _facet("StorageDatasetFacet", kept)
    return {
        "namespace": space, "name": name_of(number, step), "facets": facets,
        "outputFacets": _of("output", _by_facet(step)),
    }  # fmt: skip
