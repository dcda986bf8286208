"""What time it is, asked in one place: certificates, trust and waivers hold until a day."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The time, of UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day, of UTC."""
    return now().date()
