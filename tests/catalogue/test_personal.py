"""What is personal or secret, planted in web text."""

import pytest

from catalogue.planting import PROSE, RED, check, passes, web

PLANTS = {
    "Q390": web(f"The {PROSE} is what bob@x.com said"),
    "Q391": web(f"The {PROSE} lies at 8.8.8.8"),
    "Q392": web(f"The {PROSE} can be called at 555-123-4567"),
    "Q393": web(f"The {PROSE} " + " ".join(f"{name}@x.com" for name in "abcdef")),
    "Q394": web(f"The {PROSE} opens with {'AKIA' + 'Z9QX' * 4}"),
    "Q395": web(f"The {PROSE} was paid with 4111111111111111"),
}  # fmt: skip
"""Judged by `NO_PERSONAL`."""

NO_PERSONAL = """
import pandera.polars as pa
from datastd import Standard, limit
from datastd.measures.text.credentials import credentials
from datastd.measures.text.email_addresses import email_addresses
from datastd.measures.text.payment_numbers import payment_numbers
from datastd.measures.text.personal_data_spans import personal_data_spans
from datastd.measures.text.phone_numbers import phone_numbers
from datastd.measures.text.public_ip_addresses import public_ip_addresses
class Rows(pa.DataFrameModel):
    email_addresses: int = limit(eq=0)
    public_ip_addresses: int = limit(eq=0)
    phone_numbers: int = limit(eq=0)
    personal_data_spans: int = limit(le=5)
    credentials: int = limit(eq=0)
    payment_numbers: int = limit(eq=0)
standard = Standard(name="no-personal/1", about="Text that names nobody.", formats=("jsonl",), rows=Rows,
    measures=(email_addresses, public_ip_addresses, phone_numbers, personal_data_spans, credentials, payment_numbers))
"""
"""Nothing personal and nothing secret."""


def test_text_that_names_nobody_has_no_flaw(tmp_path):
    passes(web()(tmp_path / "data"), NO_PERSONAL, tmp_path)


@pytest.mark.parametrize("code", PLANTS)
def test_what_is_personal_turns_its_code_red_and_is_not_shown(code, tmp_path):
    done, verdicts = check(PLANTS[code](tmp_path / "data"), NO_PERSONAL, tmp_path)
    found = verdicts[code]
    assert found["outcome"] == RED[found["level"]]
    assert found["examples"][0]["key"] == "train.jsonl#20"
    assert code in done.stdout
    shown = done.stdout + done.stderr + (tmp_path / "report.json").read_text()
    assert not any(one in shown for one in ("@x.com", "8.8.8.8", "123-4567", "AKIA", "41111"))
