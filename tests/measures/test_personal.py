"""What names people and gives keys away, held against regular expressions of Python."""

import ipaddress
import math
import re
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datastd.measures import evaluate
from datastd.measures.text import personal, personal_counts, pieces, utf8
from datastd.measures.text.credentials import credentials
from datastd.measures.text.email_addresses import email_addresses
from datastd.measures.text.payment_numbers import payment_numbers
from datastd.measures.text.personal_data_spans import personal_data_spans
from datastd.measures.text.phone_numbers import phone_numbers
from datastd.measures.text.public_ip_addresses import public_ip_addresses

OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)"
QUADS = rf"(?:{OCTET}\.){{3}}{OCTET}"
LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
EMAIL = re.compile(rf"\b{LOCAL}(?:\.{LOCAL})*@(?:(?:{LABEL}\.)+{LABEL}|\[{QUADS}\])")
ADDRESS = re.compile(rf"(?<!\w)(?<![0-9]\.){QUADS}(?!\w)(?!\.[0-9])")
PHONE = re.compile(r"\s+\(?([0-9]{3})\)?[-\. ]*([0-9]{3})[-. ]?([0-9]{4})")
KEYS = (
    re.compile(r"-----BEGIN(?: [A-Z0-9 ]*)? PRIVATE KEY(?: BLOCK)?-----"), re.compile(r"AKIA[0-9A-Z]{16}"),
    re.compile(r"ghp_[A-Za-z0-9]{36}"),
    re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]*\.eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+"),
)  # fmt: skip
VALUE = re.compile(r"[:=][ \t]{0,2}[\"']?([A-Za-z0-9+/_-]{20,})")


def emails(text):
    domains = [one.rpartition("@")[2].lower() for one in EMAIL.findall(text)]
    return sum(not re.search(r"(^|\.)example\.(com|net|org)$", one) for one in domains)


def addresses(text):
    plain = [".".join(str(int(quad)) for quad in one.split(".")) for one in ADDRESS.findall(text)]
    return sum(ipaddress.ip_address(one).is_global and one not in personal._MASKS for one in plain)


def entropy(value):
    return math.log2(len(value)) - sum(n * math.log2(n) for n in Counter(value).values()) / len(value)


def is_secret(name, value):
    named = any(word in name.lower() for word in personal._NAMES)
    drawn = entropy(value) >= (3 if re.fullmatch("[0-9A-Fa-f]*", value) else 4)
    return named and drawn and bool(re.search("[0-9]", value) and re.search("[A-Za-z]", value))


def secrets(text):
    spans = [match.span() for key in KEYS for match in key.finditer(text)]
    for match in VALUE.finditer(text):
        before = re.sub(r"[:=]?\Z", "", text[: match.start()], count=1)
        before = re.sub(r"[\"']?[ \t]{0,2}\Z", "", before, count=1)
        name = re.search(r"[A-Za-z0-9_.-]*\Z", before)[0][-64:]
        if is_secret(name, match[1]):
            spans.append(match.span(1))
    count = behind = 0
    for start, stop in sorted(spans):
        if start >= behind:
            count, behind = count + 1, stop
    return count


def luhn(digits):
    doubled = [int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits))]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


ENDS = re.compile(r"(?!\w|\.[0-9])")
BEGINS = re.compile(r"(?<!\w)")
BEGINS_CARD = re.compile(r"(?<![\w./-])(?=[3-6]|2[2-7])")


def card(text, at):
    if not BEGINS_CARD.match(text, at):
        return None
    for groups in range(5):  # of four to six digits, and a last one
        match = re.compile(rf"(?:[0-9]{{4,6}}[ -]){{{groups}}}[0-9]{{1,19}}(?![0-9])").match(text, at)
        digits = re.sub("[ -]", "", match[0]) if match else ""
        if 13 <= len(digits) <= 19 and luhn(digits) and ENDS.match(text, match.end()):
            return match.end()
    return None


LENGTHS = {one[:2]: int(one[2:]) for one in personal._LENGTHS.split()}


def account(text, at):
    length = LENGTHS.get(text[at : at + 2], 0)
    if not length or not BEGINS.match(text, at):
        return None
    tail = "".join(f"{' ?' if n % 4 == 0 else ''}[A-Z0-9]" for n in range(4, length))
    match = re.compile(rf"[A-Z]{{2}}[0-9]{{2}}{tail}").match(text, at)
    if not match or not ENDS.match(text, match.end()):
        return None
    plain = match[0].replace(" ", "")
    number = int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4]))
    return match.end() if number % 97 == 1 else None


def payments(text):
    count = at = 0
    while at < len(text):
        begins = text[at].isascii() and text[at].isdigit() and not (at and text[at - 1].isascii() and text[at - 1].isdigit())
        end = (card(text, at) if begins else None) or account(text, at)
        count, at = (count + 1, end) if end else (count, at + 1)
    return count


def counted(texts):
    return np.stack(personal_counts(utf8(pl.Series("text", texts, pl.String)))).T.tolist()


def by_hand(text):
    return [emails(text), addresses(text), len(PHONE.findall(text)), secrets(text), payments(text)]


KEY = "AKIA" + "Z9QX" * 4
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
WEB = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"]
IBAN = "DE89370400440532013000"


def pieces_of(*some):
    return st.lists(st.sampled_from(some), max_size=12).map("".join)


ODD = ["é", "ª", "_", "\u00a0", "\u2003", "日", "\U0001d7d8", "٣", "\x1c", "\x85"]
KINDS = (
    pieces_of("a", "B", "1", ".", "-", "@", "!", " ", "b.co", "@x.yz", "example.com", "@EXAMPLE.org", "[8.8.8.8]", "a-", "..", *ODD),
    pieces_of("8", "1", "0", "255", "256", "8.8.8.8", "10.0.0.1", "100.64.1.1", "172.16.0.1", "08.008.8.8", ".", "v", " ", "a", "22.214.171.124", *ODD),
    pieces_of("555", "123", "4567", "(", ")", "-", ".", " ", "\n", "  ", "1", "5551234567", *ODD),
    pieces_of("AKIA", "Z9QX", KEY, TOKEN, "ghp_", "a1B2c3D4e5", "-----", "BEGIN ", "RSA ", "PRIVATE KEY", " BLOCK", "-----BEGIN PRIVATE KEY-----", " ", "G", *ODD),
    pieces_of(*WEB, ".", ".".join(WEB), "eyJ", "-", " ", "=", ":", "a"),
    pieces_of("api_key", "secret", "Token", "x", "=", ":", " ", '"', "'", "_", "q8Zr4TnV1pLw9XkB7mYc", "aaaaaaaaaaaaaaaaaaa1", "0123456789abcdef0123", "abcdefghijklmnopqrst", "\t", "é"),
    pieces_of("4111", "1111", " ", "-", "4111 1111 1111 1111", "4111111111111111", "378282246310005", "3782 822463 10005", "5", ".", "/", "a", "6011", "0004", "2223 0000 4841 0010", *ODD),
    pieces_of(IBAN, "DE89 3704 0044 0532 0130 00", "NO9386011117947", "XX00", "GB82 WEST 1234 5698 7654 32", " ", "1", "A", "é", "-", "DE"),
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_all_is_found_that_regular_expressions_find(kind, data):
    texts = data.draw(st.lists(kind, max_size=4))
    assert counted(texts) == [by_hand(text) for text in texts]


@given(st.text(st.sampled_from("aZ19@.-_ =:J(é\n"), max_size=60))
def test_no_text_is_too_odd(text):
    assert counted([text]) == [by_hand(text)]


@given(st.integers(0, 2**32 - 1))
def test_an_address_is_public_if_python_calls_it_global(number):
    address = ipaddress.ip_address(number)
    if address not in ipaddress.ip_network("192.0.0.0/24"):  # of which Python has come to know more
        assert counted([str(address)])[0][1] == addresses(str(address))


@pytest.mark.parametrize("block", ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                                   "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"])  # fmt: skip
def test_blocks_that_are_not_public_end_where_iana_ends_them(block):
    network = ipaddress.ip_network(block)
    first, last = network[0], network[-1]
    assert [row[1] for row in counted([str(first), str(last)])] == [0, 0]
    for beside in (int(first) - 1, int(last) + 1):
        if 0 <= beside < 2**32:
            (row,) = counted([f"{ipaddress.ip_address(beside)}"])
            assert row[1] == addresses(str(ipaddress.ip_address(beside)))


def test_of_the_block_of_protocols_two_addresses_are_public():
    assert [n for n, row in enumerate(counted([f"192.0.0.{n}" for n in range(256)])) if row[1]] == [9, 10]


@pytest.mark.parametrize(("measure", "texts", "expected"), [
    (email_addresses, ["bob@x.com", "BOB@X.COM", "git@github.com a@1.2.3", "email@example.com x@mail.Example.ORG", "x@notexample.com", "a@b", "@x.com", "a..b@c.de", "f@[8.8.8.8]"],
     [1, 1, 2, 0, 1, 0, 0, 1, 1]),
    (public_ip_addresses, ["8.8.8.8", "version 1.2.3.4.5", "1234.5.6.789", "192.168.0.1", "at 8.8.8.8.", "v8.8.8.8", "22.214.171.124", "08.8.8.8", "256.8.8.8"],
     [1, 0, 0, 0, 1, 0, 0, 1, 0]),
    (phone_numbers, ["call 555-123-4567", "555-123-4567", " (555) 123-4567", " 12345678901", "\n555.123.4567", " 555-123-456"], [1, 0, 1, 1, 1, 0]),
    (personal_data_spans, ["a@b.co 8.8.8.8 555-123-4567", " ".join(["a@b.co"] * 6), ""], [3, 6, 0]),
    (credentials, [KEY, KEY[:-1], TOKEN, TOKEN[:-1], ".".join(WEB), ".".join(WEB[:2]), "-----BEGIN RSA PRIVATE KEY-----", "-----BEGINX PRIVATE KEY-----",
                   f'"api_key": "{WEB[2]}"', f"name = {WEB[2]}", "password = correct_horse_battery_staple", f"export AWS_SECRET_KEY={KEY}", f"token: {TOKEN}"],
     [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1]),
    (payment_numbers, ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1112", "3782-822463-10005", "1111111111111117", "0.4111111111111111", "id/4111111111111111",
                       "x4111111111111111", "4111111111111111.", "4111111111111111000000", IBAN, "DE89 3704 0044 0532 0130 00", "DE88370400440532013000", "de89370400440532013000"],
     [1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0]),
])  # fmt: skip
def test_measures(measure, texts, expected):
    assert evaluate([measure], {"text": pl.Series("text", texts)})[measure.column].tolist() == expected


def test_a_value_is_secret_from_twenty_characters_and_so_many_bits_on():
    hexadecimal, other = "0a1b2c3d" * 3, "ab1cd2ef3gh4ij5kl6mnop7"  # of 3 bits, and of 4.5
    texts = [f"token={one}" for one in (hexadecimal, hexadecimal[:-8] + "0" * 8, other, other[:20], other[:19], other[:12] * 2, "abcdefghijklmnopqrstuv")]
    assert [entropy(one[6:]) >= (3, 3, 4, 4, 4, 4, 4)[n] for n, one in enumerate(texts)] == [True, False, True, True, True, False, True]
    assert [row[personal.CREDENTIAL] for row in counted(texts)] == [1, 0, 1, 1, 0, 0, 0]


def test_time_grows_with_the_text_alone():
    """Patterns that a backtracking engine tries again from every place."""
    content = np.frombuffer(b"".join([b"a." * 2**19, b"@", b"a." * 2**19, b" -----BEGIN" * 2**16, b"eyJ." * 2**18, b"4111 " * 2**17, b"=token" * 2**16]), np.uint8)
    found = personal.found(content, np.array([0, len(content)]), pieces.classes())
    assert found.shape == (1, 5)
