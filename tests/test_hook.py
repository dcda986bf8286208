"""The pre-commit hook, through pre-commit itself and by hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, samples, sound, write_idx

from datastd import hook
from datastd.errors import UsageError

yaml = pytest.importorskip("yaml")
HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
GIT = {
    "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip
CONFIG = """
[[dataset]]
path = "data/digits"
standard = "idx-images/1"

[[dataset]]
path = "data/others"
standard = "idx-images/1"
"""


@pytest.fixture
def repository(tmp_path):
    """A repository with two sound datasets, committed, and the hook installed by name."""
    pytest.importorskip("pre_commit")
    folder = tmp_path / "repository"
    sound(folder / "data/digits")
    write_idx(folder / "data/others", train=samples(100, seed=5))
    (folder / "datastd.toml").write_text(CONFIG)
    (folder / "notes.txt").write_text("nothing\n")
    local = {**HOOK, "language": "system"}
    settings = {"repos": [{"repo": "local", "hooks": [local]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(settings))
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "all")
    return folder


def run(folder, *command, check=True):
    scripts = Path(sys.executable).parent
    environment = os.environ | GIT | {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=environment, check=check, capture_output=True, text=True
    )


def pre_commit(folder, *more):
    run(folder, "git", "add", "-A")
    return run(folder, "pre-commit", "run", "--verbose", *more, check=False)


def test_good_data_are_committed_and_each_touched_dataset_is_checked_once(repository):
    sound(repository / "data/digits", gz=False)
    (repository / "data/digits/README.md").write_text("digits\n")
    (repository / "data/digits/LICENSE").write_text("mine\n")
    done = pre_commit(repository)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("against idx-images/1") == 1
    assert "others" not in done.stdout


def test_bad_data_are_not_committed_and_the_sample_is_named(repository):
    train, test = samples(200), samples(100, seed=1)
    test[0][4] = train[0][9]
    write_idx(repository / "data/digits", train=train, test=test)
    done = pre_commit(repository)
    assert done.returncode == 1
    assert "train-images-idx3-ubyte#9" in done.stdout


def test_a_commit_that_touches_no_data_checks_none_and_loads_nothing_heavy(repository):
    (repository / "notes.txt").write_text("something\n")
    done = pre_commit(repository)
    assert done.returncode == 0, done.stdout
    assert "against" not in done.stdout
    light = run(
        repository, sys.executable, "-X", "importtime", "-m", "datastd", "hook", "notes.txt"
    ).stderr  # fmt: skip
    for heavy in ("pandera", "polars", "numba", "torch", "pandas"):
        assert f" {heavy}\n" not in light


def test_a_commit_that_only_deletes_is_checked(repository):
    (repository / "data/digits/t10k-labels-idx1-ubyte").unlink()
    done = pre_commit(repository)
    assert done.returncode == 1
    assert "F199" in done.stdout


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (("data/digits/train-labels-idx1-ubyte", "notes"), "F199"),  # out of the dataset
        (("data/digits", "data/elsewhere"), "expected a folder with a dataset"),
    ],
)
def test_a_rename_is_checked_by_its_old_name_too(move, code, repository):
    run(repository, "git", "mv", *move)
    done = pre_commit(repository)
    assert done.returncode != 0
    assert code in done.stdout


@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte", "more"])
def test_a_link_is_checked_though_it_is_not_named(name, repository):
    (repository / "data/digits" / name).unlink(missing_ok=True)
    (repository / "data/digits" / name).symlink_to("/etc/hosts")
    done = pre_commit(repository)
    assert done.returncode == 1
    assert f"F001 {name}" in done.stdout


def test_between_two_commits_all_that_lies_between_counts(repository):
    (repository / "data/digits/t10k-labels-idx1-ubyte").unlink()
    run(repository, "git", "commit", "-qam", "less")
    (repository / "notes.txt").write_text("something\n")
    run(repository, "git", "commit", "-qam", "notes")
    ends = "--from-ref", "HEAD~2", "--to-ref", "HEAD"
    done = run(repository, "pre-commit", "run", "--verbose", *ends, check=False)
    assert done.returncode == 1
    assert "F199" in done.stdout
    last = run(repository, "pre-commit", "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD", check=False)
    assert last.returncode == 0, last.stdout


def test_a_change_of_the_judge_checks_what_it_judges(repository):
    (repository / "datastd.toml").write_text(CONFIG.replace("idx-images/1", "mnist/1", 1))
    done = pre_commit(repository)
    assert done.returncode == 1
    assert "against mnist/1" in done.stdout
    assert "others" in done.stdout


def test_all_files_checks_all_datasets(repository):
    done = pre_commit(repository, "--all-files")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("against idx-images/1") == 2


def test_a_dataset_that_is_gone_is_said_to_be(repository):
    shutil.rmtree(repository / "data/others")
    done = pre_commit(repository)
    assert done.returncode != 0
    assert "expected a folder with a dataset" in done.stdout


@pytest.mark.parametrize("content", [None, "", "dataset = 3", "[[dataset]]\n", CONFIG + CONFIG])
def test_without_a_configuration_that_holds_nothing_passes(content, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / "datastd.toml").write_text(content)
    with pytest.raises(UsageError, match=r"datastd.toml"):
        hook.check_touched([], show=print)


def test_paths_are_taken_from_where_the_hook_runs(tmp_path, monkeypatch, capsys):
    sound(tmp_path / "data/digits")
    (tmp_path / "datastd.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path / "data")
    shown = []
    assert hook.check_touched([Path("digits/x")], show=shown.append) == 0
    assert hook.check_touched([Path("elsewhere/x"), Path("digitsx")], show=shown.append) == 0
    assert len(shown) == 1


def test_a_setting_of_git_hides_no_change(repository):
    run(repository, "git", "config", "diff.relative", "true")
    (repository / "elsewhere").mkdir()
    (repository / "data/digits/train-labels-idx1-ubyte").unlink()
    run(repository, "git", "add", "-A")
    assert run(repository / "elsewhere", "datastd", "hook", check=False).returncode == 1


def test_where_git_fails_nothing_is_known(repository, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(repository / "nowhere"))
    done = run(repository, "datastd", "hook", check=False)
    assert done.returncode == 3
    assert "expected what git calls changed, found git that failed" in done.stderr
    monkeypatch.delenv("GIT_DIR")
    (repository / ".git/index").write_bytes(b"broken")
    assert run(repository, "datastd", "hook", check=False).returncode == 3


def test_inside_github_actions_the_hook_annotates_too(tmp_path, monkeypatch):
    train, test = samples(200), samples(100, seed=1)
    test[0][4] = train[0][9]
    write_idx(tmp_path / "data", train=train, test=test)
    (tmp_path / "datastd.toml").write_text('[[dataset]]\npath = "data"\nstandard = "idx-images/1"\n')
    command = [str(Path(sys.executable).with_name("datastd")), "hook", "data/train-images-idx3-ubyte"]
    env = os.environ | {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": ""}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "::error file=data/t10k-images-idx3-ubyte,title=L102 " in done.stdout
