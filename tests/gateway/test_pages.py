"""Sessions, history, pages, headers, health: the gateway's other doors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.stage import SHOP, Stage

pytestmark = pytest.mark.asyncio

FOREIGN = "https://evil.example"


async def test_session_is_a_cookie_on_our_own_pages(stage: Stage) -> None:
    """The cookie is HttpOnly and SameSite=Lax, and no token is told to scripts."""
    own = {"Origin": f"http://127.0.0.1:{stage.port}"}
    response = await stage.http.post("/api/session", json={}, headers=own)
    assert response.json() == {"mode": "cookie", "renew_after": 86400}
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert "strict-transport-security" not in response.headers


async def test_secure_cookie_behind_tls(tmp_path: Path, words: Path) -> None:
    """LIYAN_SECURE_COOKIES marks the cookie Secure, and lets browsers come by HTTPS only."""
    stage = Stage(tmp_path, words, secure_cookies=True)
    await stage.open()
    try:
        answer = await stage.http.post("/api/session", json={})
        assert "Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    finally:
        await stage.close()


async def test_session_is_renewed_not_replaced(stage: Stage) -> None:
    """A valid session stays the same visitor; a forged one becomes a new visitor."""
    first = await stage.cookie()
    again = await stage.http.post("/api/session", json={}, headers={"Cookie": f"liyan_visitor={first}"})
    visitors = stage.web.tokens
    assert visitors.read(again.cookies["liyan_visitor"]) == visitors.read(first)
    stage.http.cookies.clear()
    forged = await stage.http.post("/api/session", json={}, headers={"Cookie": f"liyan_visitor={first[:-2]}xx"})
    assert visitors.read(forged.cookies["liyan_visitor"]) not in (None, visitors.read(first))


async def test_embedding_shop_gets_a_token(stage: Stage) -> None:
    """An allowed origin gets a token with CORS headers, and the same visitor for the old token."""
    first = await stage.http.post("/api/session", json={}, headers={"Origin": SHOP})
    assert first.headers["access-control-allow-origin"] == SHOP
    assert "set-cookie" not in first.headers
    token = first.json()["token"]
    again = await stage.http.post("/api/session", json={"token": token}, headers={"Origin": SHOP})
    assert stage.web.tokens.read(again.json()["token"]) == stage.web.tokens.read(token)
    preflight = await stage.http.options("/api/session", headers={"Origin": SHOP})
    assert preflight.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:1", SHOP + ".evil.example", "http://["])
async def test_foreign_origin_gets_no_session(stage: Stage, origin: str) -> None:
    """Any other origin is 403, and its preflight grants nothing."""
    response = await stage.http.post("/api/session", json={}, headers={"Origin": origin})
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "origin_refused"
    preflight = await stage.http.options("/api/session", headers={"Origin": origin})
    assert "access-control-allow-origin" not in preflight.headers


async def test_history_pages_backwards(stage: Stage) -> None:
    """`before` and `limit` walk back through the visitor's own conversation."""
    async with stage.chat() as chat:
        for text in ("一", "二", "三"):
            await chat.say(text)
            await chat.bubble()
        cookie = {"Cookie": f"liyan_visitor={chat.cookie}"}
    newest = (await stage.http.get("/api/history?limit=2", headers=cookie)).json()
    assert [message["seq"] for message in newest["messages"]] == [6, 7]
    assert newest["more"] is True
    oldest = (await stage.http.get("/api/history?before=6&limit=100", headers=cookie)).json()
    assert [message["seq"] for message in oldest["messages"]] == [1, 2, 3, 4, 5]
    assert oldest["more"] is False


async def test_history_is_the_visitors_own(stage: Stage) -> None:
    """No session is 401; a new visitor's history is empty, whoever else has talked."""
    async with stage.chat() as chat:
        await chat.say("秘密")
        await chat.bubble()
    assert (await stage.http.get("/api/history")).status_code == 401
    other = {"Cookie": f"liyan_visitor={await stage.cookie()}"}
    assert (await stage.http.get("/api/history", headers=other)).json()["messages"] == []
    foreign = {"Cookie": f"liyan_visitor={chat.cookie}", "Origin": FOREIGN}
    assert (await stage.http.get("/api/history", headers=foreign)).status_code == 401


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "before=0", "before=x", "before=99999999999999"])
async def test_history_bounds_its_pages(stage: Stage, query: str) -> None:
    """Pages have a largest size, and faulty bounds are 422 in our shape."""
    response = await stage.http.get(
        f"/api/history?{query}", headers={"Cookie": f"liyan_visitor={await stage.cookie()}"}
    )
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"


async def test_alive_and_ready(stage: Stage) -> None:
    """With everything up both say so."""
    assert (await stage.http.get("/healthz")).json() == {"status": "ok"}
    ready = await stage.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True,
        "parts": {"engine": True, "actions": True, "database": True, "disk": True},
        "missing": [],
    }


async def test_not_ready_says_what_is_missing(stage: Stage) -> None:
    """Engine down: still alive, not ready, the missing parts by name."""
    await stage.engine.stop()
    assert (await stage.http.get("/healthz")).status_code == 200
    response = await stage.http.get("/readyz")
    assert response.status_code == 503
    assert response.json()["missing"] == ["engine", "actions"]


async def test_not_ready_without_database(tmp_path: Path, words: Path) -> None:
    """A database that cannot be reached is missing, and the webhook answers 503."""
    stage = Stage(tmp_path, words, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none")
    await stage.engine.start()
    await stage.start()
    try:
        assert (await stage.http.get("/readyz")).json()["missing"] == ["database"]
        response = await stage.raw_post({"sender": "王芳", "message": "在吗"})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "database_down")
        assert (await stage.http.get("/api/shop")).status_code == 503
    finally:
        await stage.close()


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/nowhere", "/openapi.json", "/static/nothing.js"])
async def test_every_answer_is_dressed(stage: Stage, path: str) -> None:
    """Policy without unsafe-inline, nosniff, framing only by ourselves and the shops that embed us."""
    headers = (await stage.http.get(path)).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert f"frame-ancestors 'self' {SHOP}" in policy
    assert f"ws://127.0.0.1:{stage.port}" in policy
    assert headers["x-content-type-options"] == "nosniff"


async def test_hostile_host_header_stays_out_of_the_policy(stage: Stage) -> None:
    """A made-up Host cannot add a source to the policy."""
    headers = (await stage.http.get("/healthz", headers={"Host": "a;script-src *"})).headers
    assert "script-src" not in headers["content-security-policy"]


async def test_errors_have_one_shape(stage: Stage) -> None:
    """Unknown paths and methods answer in our shape too."""
    for response in (await stage.http.get("/nowhere"), await stage.http.put("/healthz")):
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"code", "message"}


async def test_documentation_names_no_foreign_host(stage: Stage) -> None:
    """/docs lists every operation without inline script, inline style or another host."""
    page = (await stage.http.get("/docs")).text
    paths = (await stage.http.get("/openapi.json")).json()["paths"]
    assert all(path in page for path in paths)
    assert "<script" not in page
    assert "style=" not in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    assert (await stage.http.get("/docs/docs.css")).status_code == 200


async def test_static_files_are_asked_for_each_time(stage: Stage) -> None:
    """A file has an ETag, an unchanged one is 304, and shops on other origins may load it."""
    response = await stage.http.get("/static/liyan-chat.js")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await stage.http.get("/static/liyan-chat.js", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
    assert (await stage.http.get("/static/..%2f..%2fsettings.py")).status_code == 404


async def test_shop_is_described(stage: Stage) -> None:
    """/api/shop tells name, phone and hours of the pack; /api/products lists goods and refuses odd numbers."""
    shop = (await stage.http.get("/api/shop")).json()
    assert shop["shop"]["name"]
    assert shop["shop"]["phone"]
    assert shop["shop"]["hours"].startswith("周一至周五")
    assert (await stage.http.get("/api/products?sku=A-1&sku=B-2")).json() == {"products": []}
    assert (await stage.http.get("/api/products", params={"sku": "' OR 1=1"})).status_code == 422
    allowed = await stage.http.get("/api/shop", headers={"Origin": SHOP})
    assert allowed.headers["access-control-allow-origin"] == SHOP
