"""The time of a build, in whole seconds since 1970 (UTC): told, taken from the environment, or the clock's."""

import os
import time
from datetime import UTC, datetime

__all__ = ["build_time"]

_ENVIRONMENT = "SOURCE_DATE_EPOCH"  # https://reproducible-builds.org/specs/source-date-epoch/


def build_time(told: str | None) -> int:
    """``told``, as ISO 8601 (UTC where no zone is given) or in seconds, or else SOURCE_DATE_EPOCH, or else now.

    Raises `ValueError` for what is no time after 1970: Anki breaks on such dates.
    """
    shown = f"{told!r}"
    if told is None:
        told = os.environ.get(_ENVIRONMENT, "")
        if not told:
            return int(time.time())
        shown = f"{_ENVIRONMENT}={told}"
    try:
        seconds = int(told)
    except ValueError:
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            raise ValueError(f"{shown} is no time") from None
        seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    if not 0 < seconds < 2**33:  # the year 2242; Anki keeps milliseconds in ids
        raise ValueError(f"{shown} is no time between 1970 and 2242, as Anki needs it")
    return seconds
