"""Every error becomes a status and one sentence; no trace reaches a user."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from api.outage import watch
from dispatch import errors
from geo_data.database import DatabaseAway

AGAIN_S = 5  # after which a refused request may be sent again
AWAY_HEADER = b"gz-away"  # marks the answer that there is no database

log = logging.getLogger(__name__)

STATUS: dict[type[errors.DispatchError], int] = {
    errors.InvalidInput: 422,
    errors.UnknownId: 404,
    errors.Conflict: 409,
    errors.NotAllowed: 403,
    errors.Unavailable: 503,
}


def status_of(error: errors.DispatchError) -> int:
    """HTTP status of an error: that of the nearest class above it; 500 for one of no class listed."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(status: int, detail: str, kind: str, **more: Any) -> JSONResponse:
    """Answer with what is wrong."""
    return JSONResponse({"detail": detail, "kind": kind, **more}, status_code=status)


def database_away() -> JSONResponse:
    """Answer that there is no database now, and when to try again."""
    answer = problem(503, "数据库暂不可用,请稍后重试。(The database is away: try again.)", "DatabaseAway")
    answer.headers["Retry-After"] = str(AGAIN_S)
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
        log.warning("refused by the database: %s", error.orig)
        return problem(422, "含有无法保存的字符或数值。(A value cannot be stored: mend it.)", "InvalidInput")

    @app.exception_handler(DatabaseAway)
    @app.exception_handler(OperationalError)
    def _database(_: Request, error: DatabaseAway | OperationalError) -> JSONResponse:
        log.error("database: %s", error)
        watch.doubt()
        return database_away()

    @app.exception_handler(Exception)
    def _bug(_: Request, error: Exception) -> JSONResponse:
        log.exception("unexpected", exc_info=error)
        return problem(500, "内部错误,已记录。(Internal error; it has been logged.)", "Internal")


def _where(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"] if part != "body") or "body"
