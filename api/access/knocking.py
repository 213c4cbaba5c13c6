"""What the doors that count knocks have in common: who knocks, and what is said to whoever knocks too often."""

from datetime import datetime

from fastapi import HTTPException, Request

from geo_data.stores.knocks import Knock


def address_of(request: Request) -> str:
    """The address a request comes from; empty where there is none."""
    return request.client.host if request.client else ""


def too_often(knock: Knock, now: datetime, words: str) -> HTTPException:
    """The answer 429: ``words`` with ``{minutes}`` to wait, and the seconds for programs."""
    wait_s = max(1, round((knock.again_at - now).total_seconds()))
    return HTTPException(429, words.format(minutes=-(-wait_s // 60)), headers={"Retry-After": str(wait_s)})
