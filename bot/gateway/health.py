"""Alive and ready: what a supervisor and a load balancer ask."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from bot.channels.base import services_of
from bot.chat.services import Services
from bot.desk.database import STORAGE_ERRORS

_DATABASE_SECONDS = 3.0
_MEGABYTE = 10**6

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """Whether customers can be served, and what is missing."""

    ready: bool
    parts: dict[str, bool]
    missing: list[str]


@router.get(
    "/healthz",
    response_model=Alive,
    responses={503: {"model": Alive, "description": "The process must be restarted."}},
    summary="Is the process alive?",
)
async def healthz(request: Request) -> JSONResponse:
    """Answer while the process runs, whatever else is down; 503 when only a restart frees the records it locks."""
    stuck = services_of(request).database.writes.stuck()
    return JSONResponse({"status": "stuck" if stuck else "ok"}, 503 if stuck else 200)


@router.get(
    "/readyz",
    response_model=Ready,
    responses={503: {"model": Ready, "description": "Something is missing."}},
    summary="Can customers be served?",
)
async def readyz(request: Request) -> JSONResponse:
    """Ask engine, actions, database and disk; 503 names what is missing."""
    parts = await _parts(services_of(request))
    missing = [name for name, well in parts.items() if not well]
    body: dict[str, Any] = {"ready": not missing, "parts": parts, "missing": missing}
    return JSONResponse(body, 503 if missing else 200, headers={"Cache-Control": "no-store"})


async def _parts(services: Services) -> dict[str, bool]:
    engine, actions, database = await asyncio.gather(
        services.engine.engine_ready(), services.engine.actions_ready(), _database_ready(services)
    )
    disk = shutil.disk_usage(services.settings.var).free >= services.settings.free_disk * _MEGABYTE
    return {"engine": engine, "actions": actions, "database": database, "disk": disk}


async def _database_ready(services: Services) -> bool:
    if services.database.writes.stuck():
        return False
    ping = asyncio.ensure_future(services.database.ping())
    # Told after some seconds, whatever the driver waits for: the look itself ends in its own time.
    await asyncio.wait((ping,), timeout=_DATABASE_SECONDS)
    if not ping.done():
        ping.add_done_callback(lambda late: late.exception())
        return False
    return not isinstance(ping.exception(), STORAGE_ERRORS)
