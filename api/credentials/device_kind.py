"""What somebody signs in with, as the browser says of itself: the kind is kept, the browser's own words are not."""

from typing import Literal

from fastapi import Request

DeviceKind = Literal["phone", "tablet", "computer", "program"]


def kind_of(request: Request) -> DeviceKind:
    """The kind of device behind a request; a claim of its own, good for recognising one's sessions and for nothing else."""
    said = request.headers.get("User-Agent", "")
    if "iPad" in said or "Tablet" in said or ("Android" in said and "Mobile" not in said):
        return "tablet"
    if "Mobi" in said:
        return "phone"
    return "computer" if said.startswith("Mozilla/") else "program"
