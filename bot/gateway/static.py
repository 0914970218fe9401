"""The shop page, its files and the page that explains the interfaces."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.http.errors import ApiError
from bot.settings import ROOT

WEB = ROOT / "bot" / "web"
PAGES = Path(__file__).parent / "pages"
_FRESH = "no-cache"
"""Ask each time; an unchanged file costs a 304."""

router = APIRouter(include_in_schema=False)


class FreshFiles(StaticFiles):
    """Files with an ETag that browsers ask for each time, so that a new version is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or a 304 when the browser has it."""
        response = await super().get_response(path, scope)
        response.headers.setdefault("Cache-Control", _FRESH)
        return response


def mount(app: FastAPI) -> None:
    """Serve the pages and `bot/web/static`."""
    app.include_router(router)
    app.mount("/static", FreshFiles(directory=WEB / "static", check_dir=False), name="static")


@router.api_route("/", methods=["GET", "HEAD"])
async def front() -> FileResponse:
    """Return the demo shop."""
    page = WEB / "shop" / "index.html"
    if not page.is_file():
        raise ApiError(404, "not_found", "this installation has no shop page: bot/web/shop/index.html")
    return FileResponse(page, media_type="text/html", headers={"Cache-Control": _FRESH})


@router.get("/favicon.ico")
async def icon() -> Response:
    """Return the shop's mark, for browsers that ask without having been told of it."""
    mark = WEB / "static" / "shop" / "mark.svg"
    if not mark.is_file():
        return Response(status_code=204)
    return FileResponse(mark, media_type="image/svg+xml", headers={"Cache-Control": _FRESH})


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request) -> HTMLResponse:
    """List the operations of `/openapi.json` on a page of our own: no foreign host, no inline script."""
    page = _pages().get_template("docs.html").render(api=request.app.openapi(), operations=_operations(request.app))
    return HTMLResponse(page, headers={"Cache-Control": _FRESH})


@router.get("/docs/docs.css")
async def docs_style() -> FileResponse:
    """Return the style of that page."""
    return FileResponse(PAGES / "docs.css", media_type="text/css", headers={"Cache-Control": _FRESH})


@lru_cache(maxsize=1)
def _pages() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape(default=True))


def _operations(app: FastAPI) -> list[dict[str, Any]]:
    found = []
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            found.append(operation | {"path": path, "method": method.upper()})
    return found
