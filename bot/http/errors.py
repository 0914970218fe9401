"""One shape for every error over HTTP: `{"error": {"code": …, "message": …}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from bot.desk.database import STORAGE_ERRORS
from bot.http.headers import FIXED

log = structlog.get_logger(__name__)

_CODES = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}


class Problem(BaseModel):
    """What went wrong."""

    code: str
    message: str


class ErrorBody(BaseModel):
    """The body of every error."""

    error: Problem


class ApiError(Exception):
    """Be answered as an error.

    Args:
        code: a word for programs.
        message: English, for developers; no data of a customer.
    """

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_response(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return an error in our shape."""
    body = {"error": {"code": code, "message": message}}
    return JSONResponse(body, status, {"Cache-Control": "no-store", **(headers or {})})


def first_problem(error: ValidationError | RequestValidationError) -> str:
    """Name the first field at fault and what is wrong with it, without repeating its value."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    return f"{where}: {problem['msg']}"


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe errors of a route for `/openapi.json`."""
    return {status: {"model": ErrorBody} for status in statuses}


def install(app: FastAPI) -> None:
    """Answer every error of the application in our shape."""

    @app.exception_handler(ApiError)
    async def _own(_request: Request, error: ApiError) -> JSONResponse:
        return error_response(error.status, error.code, error.message, error.headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return error_response(422, "invalid", first_problem(error))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "http_error")
        return error_response(error.status_code, code, str(error.detail), error.headers)

    async def _storage(request: Request, error: Exception) -> JSONResponse:
        log.error("records.unreachable", path=request.url.path, cause=type(error).__name__)
        message = "the records cannot be reached; nothing was taken, send it again later"
        return error_response(503, "database_down", message, {"Retry-After": "5"})

    for kind in STORAGE_ERRORS:
        app.add_exception_handler(kind, _storage)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        # The edge of the process: whatever reaches this is a fault of ours; the server logs where it happened.
        log.error("request.failed", path=request.url.path, cause=type(error).__name__)
        return error_response(500, "internal", "a fault of ours; it has been recorded", FIXED)
