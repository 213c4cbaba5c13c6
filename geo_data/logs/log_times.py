"""Times as other systems write them: full timestamps with or without a zone, bare clock times, and clocks past midnight."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from dispatch.errors import InvalidInput

DAY_S = 86_400.0
BACK_S = 6 * 3600.0
EPOCH = pd.Timestamp("1970-01-01")
CLOCK = r"^(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}(?:\.\d+)?))?\s*(?P<half>[AaPp])?\.?(?:[Mm]\.?)?$"
OFFSET = r"(?:Z|z|[+-]\d{2}:?\d{2})$"
PLAIN_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Times(NamedTuple):
    """Parsed times, one an entry.

    Parameters
    ----------
    local_s : (n,) float64
        Seconds since 1970-01-01 00:00 on the local wall; of a bare clock, seconds since midnight. NaN where unreadable.
    utc_s : (n,) float64
        Seconds since the epoch where the text named its own offset, else NaN.
    clock : (n,) bool
        Whether it is a bare clock time.
    """

    local_s: Floats
    utc_s: Floats
    clock: Flags


def parse_times(texts: pd.Series, formats: tuple[str, ...], zone: ZoneInfo) -> Times:
    """Read times out of texts.

    Parameters
    ----------
    texts : Series of str
        Stripped.
    formats : tuple of str
        `strptime` forms; empty for clock times and ISO 8601 with its near kin (slashes, 年月日, unpadded numbers).
    zone : ZoneInfo
        Wall on which zoned times are shown.

    Returns
    -------
    Times
    """
    codes, uniques = pd.factorize(texts)
    words = pd.Series(uniques, dtype="str")
    if formats:
        local_s = _strptime(words, formats)
        times = Times(local_s, np.full(len(words), np.nan), _are_clocks(formats, local_s))
    else:
        times = _guess(words, zone)
    return Times(times.local_s[codes], times.utc_s[codes], times.clock[codes])


def parse_days(texts: pd.Series, formats: tuple[str, ...]) -> Floats:
    """Local midnight of each date in seconds since 1970-01-01, NaN where unreadable."""
    codes, uniques = pd.factorize(texts)
    words = pd.Series(uniques, dtype="str")
    seconds = _strptime(words, formats) if formats else _plain(words)
    return (np.floor(seconds / DAY_S) * DAY_S)[codes]


def unwrap(clock_s: Floats, group: npt.NDArray[np.int64], anchor_s: Floats) -> Floats:
    """Put bare clock times on a running day, in the order they stand.

    The first of a group follows its anchor, each other the one before it. A step back of up to six hours is a step back
    (a list out of order, an arrival before its start); a longer one has passed midnight.

    Parameters
    ----------
    clock_s : (n,) float64
        Sorted by group.
    group : (n,) int64
    anchor_s : (n,) float64
        The time each group starts from.

    Returns
    -------
    (n,) float64
        Equal to ``clock_s`` modulo a day, on the anchor's days.
    """
    if not len(clock_s):
        return clock_s
    first = np.r_[True, group[1:] != group[:-1]]
    before = np.where(first, anchor_s, np.r_[0.0, clock_s[:-1]])
    step = np.mod(clock_s - before + BACK_S, DAY_S) - BACK_S
    running = np.cumsum(step)
    start = np.flatnonzero(first)
    base = (running - step)[start]
    size = np.diff(np.r_[start, len(clock_s)])
    return np.round(anchor_s + running - np.repeat(base, size), 3)


def to_utc(local_s: Floats, zone: ZoneInfo) -> Floats:
    """Turn wall seconds into epoch seconds; an hour that comes twice is read as the first, one that never was is moved on."""
    wall = pd.DatetimeIndex(pd.to_datetime(local_s, unit="s", errors="coerce"))
    first = np.ones(len(wall), dtype=bool)
    aware = wall.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
    return _seconds(aware.tz_convert("UTC").tz_localize(None))


def _guess(words: pd.Series, zone: ZoneInfo) -> Times:
    clock_s = _clock(words)
    clock = ~np.isnan(clock_s)
    zoned = words.str.contains(OFFSET, regex=True).to_numpy(dtype=bool) & words.str.contains(":").to_numpy(dtype=bool)
    utc_s = np.full(len(words), np.nan)
    utc_s[zoned] = _instants(words[zoned])
    local_s = np.where(clock, clock_s, np.nan)
    plain = ~clock & ~zoned
    local_s[plain] = _plain(words[plain])
    local_s[zoned] = to_wall(utc_s[zoned], zone)
    return Times(local_s, utc_s, clock)


def to_wall(utc_s: Floats, zone: ZoneInfo) -> Floats:
    """Turn epoch seconds into wall seconds."""
    aware = pd.DatetimeIndex(pd.to_datetime(utc_s, unit="s", utc=True)).tz_convert(zone)
    return _seconds(aware.tz_localize(None))


def _clock(words: pd.Series) -> Floats:
    parts = words.str.extract(CLOCK)
    hour = pd.to_numeric(parts["h"]).to_numpy(dtype=np.float64)
    minute = pd.to_numeric(parts["m"]).to_numpy(dtype=np.float64)
    second = pd.to_numeric(parts["s"]).fillna(0.0).to_numpy(dtype=np.float64)
    half = parts["half"].str.lower()
    twelve = half.notna().to_numpy(dtype=bool)
    good = (hour < 24) & (minute < 60) & (second < 60) & (~twelve | ((hour >= 1) & (hour <= 12)))
    hour = np.where(twelve, np.mod(hour, 12) + 12.0 * (half == "p").to_numpy(dtype=bool), hour)
    return np.where(good, hour * 3600 + minute * 60 + second, np.nan)


def _are_clocks(formats: tuple[str, ...], local_s: Floats) -> Flags:
    """Times of forms that name no year are clock times: `strptime` puts those on 1900-01-01."""
    dated = any(mark in form for form in formats for mark in ("%y", "%Y", "%c", "%x"))
    clock = np.full(len(local_s), not dated)
    local_s[clock] = np.mod(local_s[clock], DAY_S)
    return clock


def _instants(words: pd.Series) -> Floats:
    tidy = _tidy(words)
    aware = pd.DatetimeIndex(pd.to_datetime(tidy, format="ISO8601", utc=True, errors="coerce"))
    return _seconds(aware.tz_localize(None))


def _plain(words: pd.Series) -> Floats:
    tidy = _tidy(words)
    found = pd.to_datetime(tidy, format="ISO8601", errors="coerce")
    for form in PLAIN_FORMATS:
        if found.isna().any():
            found = found.fillna(pd.to_datetime(tidy, format=form, errors="coerce"))
    return _seconds(pd.DatetimeIndex(found))


def _tidy(words: pd.Series) -> pd.Series:
    """Write 2024年1月5日 8:30 and 2024/1/5 8:30 with dashes."""
    return (
        words.str.replace(r"[/年月]", "-", regex=True)
        .str.replace("日", " ")
        .str.replace(r"\s+", " ", regex=True)
        .str.strip()
    )


def _strptime(words: pd.Series, formats: tuple[str, ...]) -> Floats:
    found = pd.Series(pd.NaT, index=words.index, dtype="datetime64[s]")
    for form in formats:
        try:
            read = pd.to_datetime(words, format=form, errors="coerce")
        except ValueError as error:
            raise InvalidInput(f"The map's format {form!r} is not a strptime form ({error}): mend it.") from None
        found = found.fillna(read.astype("datetime64[s]"))
    return _seconds(pd.DatetimeIndex(found))


def _seconds(naive: pd.DatetimeIndex) -> Floats:
    return np.asarray((naive - EPOCH) / pd.Timedelta(seconds=1), dtype=np.float64)
