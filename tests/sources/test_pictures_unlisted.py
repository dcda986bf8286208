"""A picture that no list has is said to be none of which lists."""

import pytest

from datastd.sources.files import FileUnreadable, StrayFile
from datastd.sources.pictures import unlisted


def said(path, lists):
    (one,) = unlisted([StrayFile(path, "", "a picture that is listed", "a file of another name")], lists)
    return one.found


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        (["a.json"], "a picture that is not in a.json"),
        (["a.json", "b.json"], "a picture that is not in a.json or b.json"),
        (["a", "b", "c"], "a picture that is not in a, b or c"),
        (["a", "b", "c", "d"], "a picture that is not in a, b or 2 others"),
        ([], "a file of another name"),
    ],
)
def test_a_stray_picture_is_in_none_of_the_lists(lists, found):
    assert said("x/y.JPG", lists) == found


def test_what_is_no_picture_stays_as_it_was():
    assert said("d.names", ["a.json"]) == "a file of another name"
    other = FileUnreadable("x.jpg", "", "a file", "none")
    assert [*unlisted([other], ["a.json"])] == [other]
