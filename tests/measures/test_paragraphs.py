"""Paragraphs and addresses, held against CCNet's and TensorFlow Datasets' own Python."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures import evaluate
from datastd.measures.text.paragraphs import DROPPED, paragraphs
from datastd.measures.text.url_hash import url_hash

ODD = st.sampled_from("aA1 .,2٣\u0301ΣσςİÀé’…»１\u00ad:\n\n\n\t\u3000\u2028\0\x85Ⱥẞ")
LONG = st.lists(st.sampled_from(["Read MORE ", "0123456789", "@AZ[`az{/09:", "don’t", "\x7f", "\t", "É", "\n"]), max_size=12).map("".join)
TEXTS = st.lists(LONG | st.text(ODD | st.characters(exclude_categories=["Cs"])), max_size=5)
GONE = re.compile("[" + "".join(map(re.escape, sorted(DROPPED))) + "]")


def normalize_for_dedup(line):
    return GONE.sub("", re.sub(r"\d", "0", line.strip().lower()))


@given(TEXTS)
def test_paragraphs_are_equal_where_those_of_ccnet_are(texts):
    table = evaluate([paragraphs], {"text": pl.Series("text", texts, pl.String)})["paragraphs"]
    expected = {}
    for row, text in enumerate(texts):
        for at, line in enumerate(text.split("\n")):
            if left := normalize_for_dedup(line):
                expected.setdefault((row, left), at)
    assert table.select("row", "at").rows() == [(row, at) for (row, _), at in expected.items()]
    hashes = table["paragraph"].to_list()
    lefts = [left for _, left in expected]
    assert len({*hashes}) == len({*lefts}) == len({*zip(hashes, lefts, strict=True)})


@pytest.mark.parametrize(("one", "other", "equal"), [
    ("Read MORE (12)", " read more (34)\t", True),
    ("Read more (12)", "Read more (1)", False),  # digit by digit
    ("“Hello”…", "hello", True),
    ("hello!", "hello", False),  # of ASCII nothing is dropped
    ("café", "cafe", False),
])  # fmt: skip
def test_paragraph(one, other, equal):
    table = evaluate([paragraphs], {"text": pl.Series("text", [one, other])})["paragraphs"]
    assert (table["paragraph"].n_unique() == 1) is equal


def normalize_url(url):
    url = re.sub(r"https?:\/\/(www\.)?", "", url)
    return re.sub(r"\?(utm_|ref|feed).*", "", url).rstrip("/")


URLS = st.lists(st.none() | st.lists(st.sampled_from(
    ["http://", "https://", "www.", "a.com", "/", "//", "?utm_a=1", "?ref", "?feed=", "?q=é", "&utm_b", "\n"],
)).map("".join), max_size=8)  # fmt: skip


@given(URLS)
def test_addresses_are_equal_where_those_of_c4_are(urls):
    hashes = evaluate([url_hash], {"url": pl.Series("url", urls, pl.String)})["url_hash"].to_list()
    plain = [None if url is None else normalize_url(url) for url in urls]
    assert [one is None for one in hashes] == [one is None for one in plain]
    assert len({*hashes}) == len({*plain}) == len({*zip(hashes, plain, strict=True)})


def test_the_address_of_the_catalogue():
    urls = ["http://www.a.com/x/?utm_source=b", "https://a.com/x", "https://a.com/y"]
    one, other, third = evaluate([url_hash], {"url": pl.Series("url", urls)})["url_hash"]
    assert one == other != third
