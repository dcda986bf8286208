"""The user's configuration says what is asked of which dataset; a dataset does not."""

import pytest
from support import sound

import datastd
from datastd import config
from datastd.config import Config, Dataset
from datastd.errors import UsageError

TEXT = """
[[dataset]]
path = "data/a"
standard = "mnist/1"
profile = "release"
format = "idx"
inputs = {evaluation = "data/b"}
trust = "keys/trust.toml"

[[dataset]]
path = "data/b"
standard = "standards/mine.py"
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "data" / "a" / "deep").mkdir(parents=True)
    (tmp_path / "datastd.toml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_paths_are_relative_to_the_file_that_names_them(home, monkeypatch):
    monkeypatch.chdir(home / "data")
    first, second = Config.read(home / "datastd.toml").dataset
    assert (first.path, first.standard) == (str(home / "data/a"), "mnist/1")
    assert (first.inputs, first.trust) == (
        {"evaluation": str(home / "data/b")}, str(home / "keys/trust.toml"),
    )  # fmt: skip
    assert (second.standard, second.profile, second.trust) == (
        str(home / "standards/mine.py"), None, None,
    )  # fmt: skip


def test_it_is_searched_upward_and_never_inside_the_dataset(home, monkeypatch):
    inside = home / "data" / "a"
    (inside / "datastd.toml").write_text('[[dataset]]\npath="."\nstandard="idx-images/1"\n')
    for here in (home, inside, inside / "deep"):
        monkeypatch.chdir(here)
        assert config.nearest(inside) == home / "datastd.toml"
        assert config.entry_for(inside).standard == "mnist/1"
    monkeypatch.chdir(inside)
    assert config.nearest() == inside / "datastd.toml"


def test_a_dataset_that_is_not_named_has_no_entry(home):
    assert config.entry_for(home / "data") == Dataset(path=str(home / "data"))
    (home / "datastd.toml").unlink()
    assert config.entry_for(home / "data" / "a").standard is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dataset = 3", "dataset"),
        ("[[dataset]]\n", "path: Field required"),
        ('[[dataset]]\npath=""\n', "path"),
        ('[[dataset]]\npath="a"\nstandart="x"\n', "standart: Extra inputs"),
        ("datasets = []", "datasets: Extra inputs"),
        ('[[dataset]]\npath="a"\n[[dataset]]\npath="./a"\n', "each dataset once"),
        ('[[dataset]]\npath=3\n', "path"),
        ('[[dataset]]\npath="a"\ninputs=3\n', "inputs"),
        ('[[dataset]]\npath="a"\nprofile="strict"\n', "dataset.0.profile: Input should be 'dev'"),
        ('[[dataset]]\npath="a"\nstandard=""\n', "dataset.0.standard: String should have at least 1"),
        ('[[dataset]]\npath="a"\nstandrd="x"\n', "standrd: Extra inputs.*; did you mean standard?"),
        ('[[dataset]]\npath="a"\n[dataset.inputs]\nevalution="b"\n', "dataset.0.inputs.evalution"),
        ('[[dataset]]\npath="."\n', "datasets beside this file or below it, found .*, around it"),
        ('[[dataset]]\npath=".."\n', "datasets beside this file or below it"),
        ("a = ", "TOML"),
        ("dataset = [3]", "dataset.0: Input should be an object"),
        ("\xff", "TOML"),
    ],
)
def test_what_is_no_configuration_is_refused(text, says, tmp_path):
    (tmp_path / "datastd.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=says):
        Config.read(tmp_path / "datastd.toml")


def test_a_check_takes_standard_profile_and_inputs_from_it(tmp_path, monkeypatch):
    sound(tmp_path / "a")
    sound(tmp_path / "b")
    (tmp_path / "datastd.toml").write_text(
        '[[dataset]]\npath="a"\nstandard="idx-images/1"\nprofile="release"\n'
        'format="idx"\ninputs={evaluation="b"}\n'
    )
    monkeypatch.chdir(tmp_path)
    report = datastd.check("a")
    assert report.standard.profile == "release"
    assert report["L199"].outcome == "fail"  # the two are the same
    assert report.advice == ""
    assert datastd.check("a", profile="dev").standard.profile == "dev"
    assert datastd.check("a", "mnist/1").standard.name == "mnist/1"
    assert datastd.check("b").advice


def test_a_configuration_that_is_no_file_is_refused_and_not_passed_over(home):
    (home / "datastd.toml").unlink()
    for make in (lambda p: p.mkdir(), lambda p: p.symlink_to("nowhere")):
        make(home / "datastd.toml")
        with pytest.raises(UsageError, match="a configuration"):
            config.entry_for(home / "data" / "a")
        (home / "datastd.toml").rename(home / "aside")
        (home / "aside").rmdir() if (home / "aside").is_dir() else (home / "aside").unlink()


@pytest.mark.parametrize("deep", ["a = " + "[" * 5000 + "]" * 5000, "a." * 5000 + "a = 1"])
def test_what_nests_without_end_is_refused(deep, home):
    (home / "datastd.toml").write_text(deep)
    with pytest.raises(UsageError, match=r"nested too deep|Extra inputs"):
        config.entry_for(home / "data" / "a")
