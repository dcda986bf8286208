"""
Each row of the catalogue, held against what is built.

Every row of priority 1 or 2 is built, with the name, level and default of its row and a
planted defect that turns it red.
"""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from catalogue import test_claims, test_tables
from catalogue.rows import needs_catalogue, of_codes, rows
from datastd import measures, pipeline, reference, standard
from datastd.measures import Measure
from datastd.model import Level
from datastd.rules import Rule
from datastd.sources import Defect, mds, webdataset

pytestmark = needs_catalogue

NOT_ASKED = frozenset(["C103", "Q113", "L107", "C009", "L310", "L311", "L312", "L604", "Q380", "F617", "N204"])
"""Asked with an input, or of a published dataset: planted in `rules/test_each_rule.py` alone."""


def built():
    found = {}
    found |= {v.code: v for v in reference._defined(measures) if isinstance(v, Measure)}
    for value in (*reference._defined(reference.sources), *reference._defined(reference.rules)):
        if isinstance(value, type) and issubclass(value, Rule | Defect) and "code" in vars(value):
            found[value.code] = value
    return found


def families():
    """The modules beside this one: each is about one kind of data."""
    names = {module.name for module in iter_modules([Path(__file__).parent])} - {Path(__file__).stem}
    return [import_module(f"catalogue.{name}") for name in sorted(names)]


FAMILIES = families()


def planted():
    """Each code of which a module beside this one plants a defect."""
    return {code for module in FAMILIES for code in getattr(module, "PLANTS", {})}


PLANTED = planted() - {"L398"}  # which no row is about


def test_the_catalogue_was_read():
    assert len(rows()) == 51 + 56 + 70 + 98 + 35 + 34 + 55 + 48 + 43


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)
def test_each_row_is_built_or_says_why_not(row):
    if row.priority <= 2:
        assert (row.code in PLANTED) != (row.code in NOT_ASKED)
    if row.code in {*PLANTED, *NOT_ASKED}:
        assert row.code in built()


def test_nothing_is_planted_that_has_no_row():
    assert {row.code for row in rows()} >= PLANTED | NOT_ASKED


CONSIDERED = of_codes(PLANTED)
BUILT = of_codes({*PLANTED, *NOT_ASKED})


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.code)
def test_name_and_level_are_those_of_the_row(row):
    kind = built()[row.code]
    is_rule = isinstance(kind, type) and issubclass(kind, Rule)
    level = kind.model_fields["level"].default if is_rule else kind.level
    assert (kind.name, level) == (row.name, Level(row.level))


SHARD_DEFAULTS = {
    "F005": "0 members", "F030": f"{mds.index.VERSION}", "F035": f"2^{mds.index.MOST.bit_length() - 1}",
    "F043": "identical sets", "F046": f"{webdataset.UNEVEN}x",
}  # fmt: skip

DEFAULTS = {
    "F134": "0", "F135": "{RGB, L}", "F136": "1", "F137": "1", "F138": "0", "F141": "32", "F142": "equal",
    "Q101": "0.32", "Q102": "0.05", "Q103": "0.35", "Q104": "0.3 (CV package)", "Q105": "0.29", "Q106": "0", "Q107": "d=0 strict, 8 lossy",
    "Q320": "50..100000", "Q321": "3..10", "Q322": "0.1", "Q323": "0.1", "Q324": "0.9; set {•,-} DT", "Q325": "0.3", "Q326": "0.8",
    "Q327": "2", "Q330": "0.30", "Q331": "0.30", "Q332": "0.20", "Q333": "0.20", "Q334": "0.20", "Q335": "0.18", "Q336": "0.16",
    "Q337": "0.15", "Q338": "0.14", "Q339": "0.13", "Q340": "0.12", "Q341": "0.11", "Q342": "0.10",
    "Q390": "0 (or masked)", "Q391": "0", "Q392": "0", "Q393": "5", "Q394": "0", "Q395": "0",
    "Q345": ">0.5 lost warn", "Q346": "5 (DT default)", "Q347": "3 (DT, DO)", "Q348": "1000", "Q349": "0", "Q350": "0", "Q351": "0", "Q352": "0",
    "Q356": "0.12", "Q357": "0.67", "Q358": "0.01", "Q359": "0.3", "Q360": "0.5", "Q361": "1.0", "Q362": "0", "Q363": "2", "Q364": "0.05",
    "F017": "0", "F303": "0", "Q301": "warn >=1", "Q303": "0 (NUL = error)", "Q304": "0",
    "Q302": "k=1 warn, >2 per 1k chars error", "Q305": "0", "Q306": "NFC", "Q308": ">1 per 1k", "Q365": "0.25", "Q366": "0.15", "Q367": "0.2",
    "Q368": "0.25", "Q369": "0.1", "Q370": "0.4", "Q371": "0.85", "Q372": "0.25 DJ, 0.40 BLOOM", "Q373": "0.5 DJ, 0.2 BLOOM",
    "Q374": "n=10 t=.5 DJ; n=5 t=.3 BLOOM", "Q377": "1000 / 100", "Q378": "0.25", "Q383": "100", "Q384": "0.3",
}  # fmt: skip
"""What `image-classification/1` and the standards of text take of a row's default."""

DEFAULTS |= {code: value for module in FAMILIES for code, value in getattr(module, "DEFAULTS", {}).items()}
RULE_DEFAULTS = {code: value for module in FAMILIES for code, value in getattr(module, "RULE_DEFAULTS", {}).items()}
"""What the families say of the rows that they are about, of measures and of rules."""


@pytest.mark.parametrize("row", BUILT, ids=lambda row: row.code)
def test_the_default_is_that_of_the_row(row):
    kind = built()[row.code]
    if isinstance(kind, Measure):
        assert DEFAULTS[row.code] in row.default
    elif row.code == "Q114":
        assert kind().limit == 1 - float(row.default.removeprefix("thr "))
    elif row.code == "Q115":
        assert f"{kind().train} train / {kind().test} test" == row.default
        assert kind().limit == 0
    elif row.code == "C012" or row.code == "Q112":
        assert kind().limit == 1 - float(row.default)
    elif row.code == "Q108":
        assert row.default == f"iqr_factor {kind().iqr_factor}"
    elif row.code == "C411":
        assert kind().share == float(row.default)
    elif row.code in {"C403", "C404"}:
        assert (kind.model_fields["share"].default, kind.model_fields["limit"].default) == (float(row.default), 0)
    elif row.code == "C408":
        assert kind.model_fields["limit"].default == 1 - float(row.default)
        assert kind.model_fields["tokens"].default == 10_000_000
    elif row.code in {"C406", "C409", "L402"}:
        assert kind.model_fields["limit"].default == float(row.default.partition(" ")[0])
    elif row.code in {"C006", "C707", "L705", "L706"}:
        assert kind.model_fields["limit"].default == float(row.default)
    elif row.code == "C723":
        assert kind.model_fields["decades"].default == float(row.default)
    elif row.code == "L708":
        assert row.default == "100 / .01"
        assert (kind().rows, kind().share) == (100, 0.01)
    elif row.code == "L303":
        banding = kind.model_fields["banding"].default
        assert row.default == f"{banding.bands}x{banding.rows}, n={banding.words}"
    elif row.code == "L307":
        assert row.default.startswith(f">{kind.model_fields['documents'].default};")
    elif row.code in SHARD_DEFAULTS:
        assert row.default == SHARD_DEFAULTS[row.code]
    elif row.code in {"L310", "L311", "L312"}:
        of = {"L310": ("ngram", "n=13 "), "L311": ("share", "0.7"), "L312": ("common", "10")}
        field, default = of[row.code]
        assert row.default.startswith(default)
        assert kind.model_fields[field].default == float(re.search(r"[\d.]+", default)[0])
    elif row.code == "L305":
        assert (row.default, kind.model_fields["limit"].default) == (f"{kind().span} tokens", 0)
    elif row.code == "C724":
        assert kind.model_fields["within"].default == float(row.default.split()[-2])
    elif row.code == "Q381":
        assert row.default.startswith(f"{kind().above:g} ")
    elif row.code == "Q382":
        assert (kind().sure, kind().limit) == (float(row.default), 0)
    elif row.code == "Q380":
        assert row.default.startswith(f"{kind().most:g} ")
    elif row.code == "L604":
        assert row.default == f"{kind().ngram}-gram"
    elif row.code in RULE_DEFAULTS:
        assert row.default == RULE_DEFAULTS[row.code]
    elif row.code == "L107":
        assert row.default.startswith(f"{kind().cosine:.2f} ")
    else:  # nothing of it is tolerated
        known = {"0", ">=0", "int", "0 groups", "0 pairs", "0,0", "0..9", ">0", "any", "equal", "exact", "set", "-", "3/1",
                 ">=1", "equal sets", "needs out-of-sample probs", "0 unlisted exceptions",
                 "N=10000 (50000 for C-100 train)", "3073", "lag3&lt;lag1", "allow-list",
                 "Pillow MAX_IMAGE_PIXELS", "1", "{4,8,5}", "pairs", "<2^31", "&lt;V", "<V", "tile", "d=4", "d=4 (0 = CleanVision, 10 = imagededup)",
                 "0 bytes", "0.30", "0 exact; near <=0.1 %", "1.0", "factor 4", "identical", "0.01..0.1", "0 (ratio .01)", "0 (DCK .05)"}  # fmt: skip
        assert row.default in known or row.default.startswith("not allowed")
        assert not issubclass(kind, Rule) or kind.model_fields["limit"].default == 0


OF_COLUMNS = {*test_tables.PLANTS, *test_claims.PLANTS} - {"L702", "L706", "L708"}
"""About columns that a user's own standard names: no shipped one knows them."""


@pytest.mark.parametrize("row", CONSIDERED, ids=lambda row: row.code)
def test_a_shipped_standard_uses_it(row):
    used = set()
    for one in standard.every():
        used |= {rule.code for rule in one.rules} | {rule.called[0] for rule in one.judged}
        for name in {*one.formats} - {"memory"}:
            used |= {kind.code for kind in pipeline.reader(name).kinds}
    assert row.code in used or row.code in OF_COLUMNS
