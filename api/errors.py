"""Every error becomes a status and one sentence; no trace reaches a user."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from api.health.database_watch import watch
from api.health.outage import tell_away
from api.observing import asked
from dispatch import errors
from geo_data.database import AWAY

AWAY_HEADER = b"gz-away"  # marks the answer that there is no database

log = logging.getLogger(__name__)

STATUS: dict[type[errors.DispatchError], int] = {
    errors.InvalidInput: 422,
    errors.UnknownId: 404,
    errors.Conflict: 409,
    errors.NotAllowed: 403,
    errors.Unavailable: 503,
}
RETRY_S = 2  # the database is back within a few seconds of most faults


def status_of(error: errors.DispatchError) -> int:
    """HTTP status of an error: that of the nearest class above it; 500 for one of no class listed."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(status: int, detail: str, kind: str, **more: Any) -> JSONResponse:
    """Answer with what is wrong, and the request's id, by which whoever runs the service finds it in the log."""
    request = asked.current()
    known = {"request_id": request.request_id} if request else {}
    return JSONResponse({"detail": detail, "kind": kind, **more, **known}, status_code=status)


def internal() -> JSONResponse:
    """The answer to a mistake of ours."""
    return problem(500, "内部错误,已记录。(Internal error; it has been logged.)", "Internal")


def too_long() -> JSONResponse:
    """The answer to a body that is longer than it may be."""
    return problem(413, "内容过长,请缩短后再发。(Too long: shorten it.)", "TooLarge")


def away() -> JSONResponse:
    """Answer that the database is away, and when to try again."""
    answer = problem(503, "数据库暂不可用,请稍后重试。(The database is away: try again.)", "Unavailable")
    answer.headers["Retry-After"] = str(RETRY_S)
    answer.headers[AWAY_HEADER.decode()] = "database"
    return answer


def install(app: FastAPI) -> None:
    """Tell ``app`` how each error is answered."""

    @app.exception_handler(errors.DispatchError)
    def _house(_: Request, error: errors.DispatchError) -> JSONResponse:
        return problem(status_of(error), str(error), type(error).__name__)

    @app.exception_handler(RequestValidationError)
    def _form(_: Request, error: RequestValidationError) -> JSONResponse:
        lines = [f"{_where(e)}: {e['msg']}" for e in error.errors()]
        return problem(422, "请求有误:" + ";".join(lines), "InvalidInput")

    @app.exception_handler(HTTPException)
    def _http(_: Request, error: HTTPException) -> JSONResponse:
        answer = problem(error.status_code, str(error.detail), "Http")
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(DataError)
    def _data(_: Request, error: DataError) -> JSONResponse:
        log.warning("refused by the database: %s", type(error.orig).__name__)  # its message quotes the value
        return problem(422, "含有无法保存的字符或数值。(A value cannot be stored: mend it.)", "InvalidInput")

    def _away(_: Request, error: Exception) -> JSONResponse:
        watch.doubt()
        tell_away("requests", error)
        return away()

    for kind in AWAY:
        app.add_exception_handler(kind, _away)


def _where(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"] if part != "body") or "body"
