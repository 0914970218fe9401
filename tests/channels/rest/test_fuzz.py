"""The public interfaces against generated requests."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.gateway import copy_words
from tests.support.stage import TOKEN, Stage


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a gateway that runs in a thread of its own."""
    folder = tmp_path_factory.mktemp("fuzz")
    ready = threading.Event()
    told: list[str] = []
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def run() -> None:
        stage = Stage(folder, copy_words(folder))
        await stage.open()
        end = asyncio.Event()
        ends.append((asyncio.get_running_loop(), end))
        told.append(f"http://127.0.0.1:{stage.port}")
        ready.set()
        await end.wait()
        await stage.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="fuzzed-gateway")
    thread.start()
    assert ready.wait(30)
    yield told[0]
    loop, end = ends[0]
    loop.call_soon_threadsafe(end.set)
    thread.join(30)


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
def test_no_request_breaks_the_gateway(address: str, mode: schemathesis.GenerationMode) -> None:
    """Whatever is sent, fitting or not, the answer is none of 5xx, of a described status, type and shape."""
    api = schemathesis.openapi.from_url(f"{address}/openapi.json")
    tried = 0
    for found in api.get_all_operations():
        assert isinstance(found, Ok)
        _try(found.ok().as_strategy(generation_mode=mode))
        tried += 1
    assert tried >= 7


def _try(strategy: SearchStrategy[schemathesis.Case[Any]]) -> None:
    @given(strategy)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS)

    with contextlib.suppress(Unsatisfiable):  # nothing can be wrong in a call without parameters
        check()
