"""Defects planted in web text, by the filters whose standards are shipped."""

import json

import pytest

from catalogue.planting import PROSE, check, passes, web

GOPHER = {
    "Q320": web(" ".join(PROSE.split()[:49])),
    "Q321": web("a of the " * 60),
    "Q322": web(PROSE + " x# the #y of" * 20),
    "Q323": web(PROSE + " the ... of" * 20),
    "Q324": web("\n".join(f"- {word} of the" for word in PROSE.split())),
    "Q325": web("\n".join(f"{word} of the" + "..." * (n % 2) for n, word in enumerate(PROSE.split()))),
    "Q326": web(PROSE + " " + " ".join(map(str, range(40)))),
    "Q327": web(" ".join(f"word{n}" for n in range(60))),
    "Q330": web("\n".join([*PROSE.split(), *["of"] * 60])),
    "Q331": web("\n\n".join([*PROSE.split(), *["of"] * 60])),
    "Q332": web(PROSE + "\n" + "\n".join(["z" * 200] * 5)),
    "Q333": web(PROSE + "\n\n" + "\n\n".join(["z" * 200] * 5)),
    "Q334": web(PROSE + " buy now" * 50),
    "Q335": web(PROSE + " click here now" * 50),
    "Q336": web(PROSE + " all rights are reserved" * 50),
    **{f"Q{332 + n}": web(PROSE + " " + PROSE) for n in range(5, 11)},
}  # fmt: skip
"""Put into a corpus of web text and judged by `gopher/1`."""

SENTENCES = " ".join(f"Word{n} and thing{n} of the place{n}." for n in range(10))
"""A document that all filters of web text keep, whatever number stands before it."""


def _page(more):
    """Twenty sound documents, and one of which something is added, or changed."""
    def plant(folder):
        last = more(SENTENCES) if callable(more) else f"The last {SENTENCES}{more}"
        content = [json.dumps({"text": text}) for text in (*(f"The {n}th {SENTENCES}" for n in range(20)), last)]
        folder.mkdir()
        (folder / "train.jsonl").write_text("\n".join([*content, ""]))
        return folder
    return plant


FILTERS = {
    "Q345": ("c4/1", _page("\nA line of words" * 2)),
    "Q346": ("c4/1", _page(lambda text: text.replace(". ", ", "))),
    "Q347": ("c4/1", _page("\nTwo words.")),
    "Q348": ("c4/1", _page("\nIt is a " + "x" * 1001 + ".")),
    "Q349": ("c4/1", _page("\nThis is Lorem ipsum of it.")),
    "Q350": ("c4/1", _page("\nThis is {a} of it.")),
    "Q351": ("c4/1", _page("\nPlease enable JavaScript.")),
    "Q352": ("c4/1", _page("\nRead our Privacy Policy.")),
    "Q356": ("fineweb/1", _page("\n" + "\n".join(f"of the {n}th item and the {n}th thing" for n in range(9)))),
    "Q357": ("fineweb/1", _page("\nThat is to be a line {}.\nThis was {} and has been.\nOne of the {} is here.".format(*"xyz"))),
    "Q358": ("fineweb/1", _page("\nThat is to be a line.\nAnother one of them all.\nThat is to be a line.")),
    "Q359": ("fineweb/1", _page(lambda text: text.replace(" ", "\n", 30))),
    "Q360": ("refinedweb/1", _page("\nTHIS IS ALL CAPS")),
    "Q361": ("refinedweb/1", _page("\n12345")),
    "Q362": ("refinedweb/1", _page("\n3 likes")),
    "Q363": ("refinedweb/1", _page("\nMenu")),
    "Q364": ("refinedweb/1", _page("\nMenu\nHome\nAbout\nSearch")),
}  # fmt: skip
"""Judged by the standard that has the limit."""

PLANTS = GOPHER | FILTERS


def test_sound_web_text_has_no_flaw(tmp_path):
    passes(web()(tmp_path / "data"), "gopher/1", tmp_path)


@pytest.mark.parametrize("code", GOPHER)
def test_the_defect_planted_in_web_text_turns_the_code_red(code, tmp_path):
    done, verdicts = check(GOPHER[code](tmp_path / "data"), "gopher/1", tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert done.returncode == 1


@pytest.mark.parametrize("name", sorted({name for name, _ in FILTERS.values()}))
def test_what_filters_keep_has_no_flaw(name, tmp_path):
    folder = _page("")(tmp_path / "data")
    passes(folder, name, tmp_path)


@pytest.mark.parametrize("code", FILTERS)
def test_the_defect_planted_in_a_page_turns_the_code_red(code, tmp_path):
    name, plant = FILTERS[code]
    done, verdicts = check(plant(tmp_path / "data"), name, tmp_path)
    assert (verdicts[code]["outcome"], verdicts[code]["failed"]) == ("fail", 1)
    assert verdicts[code]["examples"][0]["key"] == "train.jsonl#20"
    assert done.returncode == 1
