"""A request sent twice counts once: the header ``Idempotency-Key``.

A phone without signal, a caller who presses again, a proxy that tries anew: each sends the key (a UUID) made where the
action was taken. In the transaction that does the work the key is taken, and the answer kept beside it; the same key
again gives that answer, marked ``Idempotency-Replayed: true``. A refusal is rolled back with its key, so it may be tried
again. Of two requests at once the second waits for the first.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.access.dependencies import Now, Transaction, visitor
from api.credentials.security import Account
from dispatch.errors import InvalidInput
from geo_data.stores.idempotency_store import Answered, Asked, IdempotencyStore

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, slots=True)
class _Claim:
    """A key this request has taken."""

    store: IdempotencyStore
    key: UUID


class _Answered(Exception):
    """Carries the kept answer past the route, which must not run again."""

    def __init__(self, given: Answered) -> None:
        super().__init__()
        self.given = given


async def _asked(request: Request) -> Asked | None:
    if HEADER not in request.headers:
        return None
    return asked_for(request.method, with_query(request, request.url.path), await request.body())


def with_query(request: Request, path: str) -> str:
    """A path and the query of a request, as a key is bound to them."""
    return f"{path}?{request.url.query}" if request.url.query else path


def asked_for(method: str, path: str, body: bytes) -> Asked:
    """A request as it is kept beside its key; the path, query included, as a hash, since that of a case holds its secret."""
    return Asked(method, sha256(path.encode()).hexdigest(), sha256(body).hexdigest())


def _take_key(
    request: Request,
    asked: Annotated[Asked | None, Depends(_asked)],
    transaction: Transaction,
    now: Now,
    who: Annotated[Account | None, Depends(visitor, scope="function")],
) -> None:
    """Take the key of this request, or end it with the answer the key was given before."""
    if asked is None:
        return
    key = key_of(request)
    store = IdempotencyStore(transaction, who.username if who else "")
    if (before := store.take(key, asked, now)) is not None:
        raise _Answered(before)
    request.state.claim = _Claim(store, key)


def key_of(request: Request) -> UUID:
    """The key of a request; raises `InvalidInput` where it has none, or one that is no UUID."""
    try:
        return UUID(request.headers.get(HEADER, ""))
    except ValueError:
        raise InvalidInput(f"{HEADER} 须为 UUID。(It must be a UUID: make one where the action is taken.)") from None


class OnceRoute(APIRoute):
    """A route whose writing methods heed ``Idempotency-Key``: ``APIRouter(route_class=OnceRoute)``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if WRITING & set(options.get("methods") or ()):
            options["dependencies"] = [Depends(_take_key, scope="function"), *(options.get("dependencies") or [])]
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer as the route does, and keep that answer before the transaction is committed."""
        answer = super().get_route_handler()

        async def once(request: Request) -> Response:
            try:
                response = await answer(request)
            except _Answered as before:
                given = before.given
                return Response(given.answer, given.status, media_type=given.media_type, headers={REPLAYED: "true"})
            claim: _Claim | None = getattr(request.state, "claim", None)
            if claim is not None:
                kept = Answered(response.status_code, response.headers.get("content-type"), bytes(response.body))
                await run_in_threadpool(claim.store.keep, claim.key, kept)
            return response

        return once
