"""What there is, is explained; and the page that says so is fresh."""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib

import pytest
from squad_files import squad
from support import ROOT

from datastd import reference
from datastd.errors import UsageError
from datastd.rules import sight as rules

ENTRIES = [entry for what in reference.LISTS for entry in reference.entries(what)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_everything_is_explained_by_name_and_says_something(entry):
    page = reference.explain(entry.name)
    assert entry.name in page
    # What a field holds may take few words: its name and its table say the rest.
    assert len(entry.text.split()) > (2 if entry in reference.entries("card") else 5)
    assert entry.text.startswith(entry.summary[:20])


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if re.fullmatch(r"[FQCLN]\d{3}", e.name)], ids=lambda e: e.name
)
def test_every_code_says_why_it_matters_what_to_do_and_where_it_is_from(entry):
    for heading in ("Why it matters:", "Remedy:", "Source:"):
        assert f"\n{heading}\n" in entry.text


@pytest.mark.parametrize("what", reference.LISTS)
def test_what_users_read_needs_no_page_that_they_have_not(what):
    assert [entry.name for entry in reference.entries(what) if "catalogue" in entry.text.lower()] == []


def test_a_code_has_one_home():
    names = [entry.name for entry in ENTRIES]
    several = {name for name in names if names.count(name) > 1}
    measured = [entry for entry in reference.entries("measures") if entry.name in several]
    assert len(measured) == sum(map(names.count, several))
    assert len({entry.title for entry in measured}) == len(measured)
    assert len({(entry.name, entry.facts.split(";")[1]) for entry in measured}) == len(several)


def test_every_definition_of_a_code_is_explained():
    page = reference.explain("Q346")
    assert "c4_sentences" in page
    assert "fineweb_sentences" in page


@pytest.mark.parametrize("name", ["processing.steps", "processing.steps[]", "processing.steps.0"])
def test_a_table_of_the_card_is_explained_with_its_fields(name):
    page = reference.explain(name)
    assert page.startswith("processing.steps[]  ")
    assert "Fields:\n  id: " in page
    assert "\n  rows_in: " in page


@pytest.mark.parametrize("name", ["processing.steps.12.rows_in", "processing.steps[].rows_in", "processing.steps.rows_in"])
def test_a_place_in_a_card_is_explained_as_findings_name_it(name):
    assert reference.explain(name).startswith("processing.steps[].rows_in  ")


@pytest.mark.parametrize("name", ["processing.step", "identity.nmae", "identity.name.first"])
def test_a_place_that_no_card_has_is_not_taken_for_another(name):
    with pytest.raises(UsageError, match=f"found {re.escape(name)}"):
        reference.explain(name)


def test_a_list_is_not_wider_than_it_has_to_be():
    assert max(map(len, reference.listing("card"))) < 260


@pytest.mark.parametrize("what", reference.LISTS)
def test_a_list_has_a_line_for_each_and_on_a_terminal_none_is_cut(what):
    known, lines = reference.entries(what), reference.listing(what)
    starts = {line.index(entry.title, len(entry.name)) for entry, line in zip(known, lines, strict=True) if entry.title}
    assert len(starts) == 1  # columns
    narrow = reference.listing(what, 80)
    assert max(map(len, narrow)) <= 80
    words = " ".join(f"{entry.name} {entry.title} {entry.summary}" for entry in known).split()
    assert " ".join(narrow).split() == words


@pytest.mark.parametrize(
    ("name", "code"), [("chat-role-unknown", "F603"), ("coco-bbox-out-of-image", "F214"), ("unknown_role", "F603")]
)
def test_a_limit_is_explained_by_the_name_that_reports_give_it(name, code):
    assert reference.explain(name).startswith(f"{code}  ")


@pytest.mark.parametrize("name", ["l101", "image-exact-duplicate", "entropy_bit", "C708.anything"])
def test_names_and_columns_are_found_too(name):
    assert reference.explain(name)


def test_a_standard_in_a_file_is_explained(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from datastd import Standard\n"
        "from datastd.rules.pixels.exact_duplicate import ExactDuplicate\n"
        "from datastd.measures.pixels.contrast import contrast\n"
        "mine = Standard(name='mine/1', about='Mine.', formats=('idx',),\n"
        "    rules=(ExactDuplicate(limit=2, because='two are known'),))\n"
    )
    assert "≤ 2 groups (two are known)" in reference.explain(str(path))


def test_a_typo_is_told_the_nearest_name():
    with pytest.raises(UsageError, match=r"did you mean idx-images/1\?"):
        reference.explain("idx-image/1")


def test_the_schemas_of_records_are_fresh_and_there_are_no_others():
    there = {path.name: path.read_text() for path in (ROOT / "schemas" / "json").iterdir()}
    made = {f"{name}.json": reference.json_schema(name) for name in reference.record_models()}
    assert there == made, "write what reference.json_schema gives of each record into schemas/json"


def test_a_schema_takes_what_the_record_takes():
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(reference.json_schema("SquadFile"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(squad(3, version="2.0"), schema)
    for change in ({"answers": {}}, {"id": 7}, {"answers": [{"text": "x", "answer_start": -1}]}, {"is_impossible": "false"}):
        made = squad(3)
        made["data"][0]["paragraphs"][0]["qas"][0] |= change
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(made, schema)
    with pytest.raises(UsageError, match="did you mean SquadAnswer"):
        reference.json_schema("SquadAnsver")


def test_the_page_is_fresh():
    page = (ROOT / "schemas" / "RULES.md").read_text()
    assert page == reference.page(), "run: python -m datastd.reference > schemas/RULES.md"


def test_what_a_preview_asks_for_is_explained_without_torch():
    code = (
        "import sys\nfrom datastd import reference\npage = reference.explain('preview/1')\n"
        "assert 'C896 error picture-and-target-part ≤ 0.02' in page\n"
        "assert 'F892 error padding-of-another-id ≤ 0 items; needs Pipeline.pad' in page\n"
        "assert any(line.startswith('preview/1 ') for line in reference.listing('standards'))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_rule_of_previews_is_asked_by_one():
    page = reference.explain("preview/1")
    modules = [importlib.import_module(f"{rules.__name__}.{one.name}") for one in pkgutil.iter_modules(rules.__path__)]
    assert len(modules) == 27
    assert [one.__doc__ for one in modules if f"  {one.__doc__.rstrip('.')} " not in page] == []


def test_every_key_of_a_recipe_is_explained_and_listed():
    pytest.importorskip("torch")
    from datastd.networks import Network
    from datastd.objectives.known import EVERY
    from datastd.train import Recipe

    paths = {*Recipe.model_fields, *(f"model.{name}" for name in Network.model_fields)}
    paths |= {f"task.{name}" for kind in EVERY for name in kind.model_fields if name != "name"}
    known = reference.entries("recipe")
    assert {entry.name for entry in known} == paths | {"recipe"} | {kind.model_fields["name"].default for kind in EVERY}
    assert [entry.name for entry in known if not (entry.title and len(entry.text.split()) > 1)] == []
    assert len(reference.listing("recipe")) == len(known)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("recipe", "\nkeys epochs, batch, "), ("Recipe", "\nkeys epochs, batch, "), ("causal", "task.join"),
        ("epochs", "epochs  whole number > 0\ndefault 5\n"), ("out", "out  text\nevery recipe has it\n"),
        ("clip", "clip  number > 0\ndefault none\n"), ("optimizer", "adam | adamw | sgd\ndefault \"adam\"\n"),
        ("task.length", "default 384; of answering\n"), ("task.length", "default 512; of causal, instruction, masked, preference\n"),
        ("task.size", "task.size  list of 2, each whole number > 0\ndefault none; of classification\n"),
        ("model.frozen", "list of text\ndefault []\n"),
    ],
)  # fmt: skip
def test_a_key_of_a_recipe_is_explained(name, says):
    pytest.importorskip("torch")
    assert says in reference.explain(name)


def test_a_key_that_no_recipe_has_is_told_the_nearest():
    pytest.importorskip("torch")
    with pytest.raises(UsageError, match=r"did you mean learning_rate\?"):
        reference.explain("learningrate")


def test_the_schema_of_a_recipe_takes_the_examples_and_says_what_keys_mean():
    for module in ("torch", "jsonschema"):
        pytest.importorskip(module)
    import jsonschema

    schema = json.loads(reference.json_schema("Recipe"))
    assert reference.json_schema("recipe") == reference.json_schema("Recipe")
    recipes = [*(ROOT / "examples").glob("*.toml"), *(ROOT / "examples" / "recipes").glob("*.toml")]
    assert len(recipes) > 10
    for path in recipes:
        jsonschema.validate(tomllib.loads(path.read_text()), schema)
    tables = [schema, *schema["$defs"].values()]
    silent = [key for one in tables for key, part in one["properties"].items() if key != "name" and "description" not in part]
    assert silent == []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(recipes[0].read_text()) | {"epoch": 3}, schema)


@pytest.mark.parametrize("lacking", ["torch", "safetensors", "tensorboard"])
def test_without_torch_a_recipe_is_not_explained_and_all_else_is(lacking):
    code = (
        f"import sys\nsys.modules['{lacking}'] = None\nfrom datastd import errors, reference\n"
        "assert reference.explain('F107')\n"
        "for name, kind in (('recipe', ImportError), ('epochs', errors.UsageError)):\n"
        "    try:\n        reference.explain(name)\n    except kind:\n        continue\n    sys.exit(name)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
