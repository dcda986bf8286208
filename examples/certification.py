"""The gate, as the examples pass through it: asked, refused, cleaned for, opened."""

import json
from pathlib import Path

import datastd
from datastd.errors import NotCertified, NothingLeft
from datastd.report import Report
from datastd.standard import load


def shut(report: Report) -> tuple[str, ...]:
    """Verdicts that keep the gate shut, by their codes."""
    return tuple(
        sorted(f"{one.code} {one.outcome}" for one in report.verdicts if not one.outcome.opens)
    )


def refusal(data: Path, standard: str | Path) -> str:
    """Ask for the certificate that training needs; return why there is none."""
    try:
        datastd.certify(data, standard, out=data.with_name(f"{data.name}.certificate.json"))
    except NotCertified as refused:
        return str(refused).replace(f"{data.parent}/", "")
    raise AssertionError(f"{data}: expected defects, found none")


def cleaned(
    data: Path, out: Path, standard: str | Path, inputs: dict[str, Path] | None = None
) -> tuple[Path, set[str]]:
    """Leave out what fails; return where the rest is, and keys of what is left out."""
    try:
        done = datastd.clean(data, out, standard, inputs=inputs)
    except NothingLeft:
        return data, set()
    lines = (out / done.log).read_text().splitlines()
    return out, {json.loads(line)["key"] for line in lines}


def certified(
    folder: Path, standard: str | Path, inputs: dict[str, Path] | None = None
) -> datastd.Certified:
    """Have a dataset certified, and open it: `NotCertified` where it does not pass."""
    place = folder.with_name(f"{folder.name}.certificate.json")
    datastd.certify(folder, standard, out=place, inputs=inputs)
    return datastd.open(
        folder, certificate=place, standard=standard, standard_digest=load(standard).digest
    )
