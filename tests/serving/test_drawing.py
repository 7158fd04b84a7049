"""The helper that draws pages: whatever becomes of it, pages go out, and there is a new one."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from account_portal.edge.pages import Sheet
from account_portal.serving import drawing
from account_portal.serving.drawing import PageDrawer

HELPER = """
import json, os, sys, time
born = len(os.listdir(HERE))
open(os.path.join(HERE, str(os.getpid())), "w").close()
if "--silent" not in sys.argv:
    print("{}", flush=True)
for line in sys.stdin:
    page = json.loads(line)
    answer = {"html": f"<head></head><p>{page['address']} {page['state']} by {born}</p></html>"}
    for step in page["state"].get("do", "").split():
        name, _, value = step.partition("=")
        if name == "sleep":
            time.sleep(float(value))
        if name == "die":
            os.kill(os.getpid(), 9)
        if name == "say":
            answer = json.loads(value)
        if name == "babble":
            print(value, flush=True)
    print(json.dumps(answer), flush=True)
"""
PAGE = Sheet("/orders", "{}")
Draws = Callable[[str], Awaitable[str | None]]


def asks(do: str) -> Sheet:
    return Sheet("/orders", json.dumps({"do": do}))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, and without long pauses."""
    monkeypatch.setattr(drawing, "WITHIN", 10.0)
    monkeypatch.setattr(drawing, "HANGS_AFTER", 10.0)
    monkeypatch.setattr(drawing, "PAUSES", (0, 0.05))


@pytest.fixture
def drawer(tmp_path: Path) -> PageDrawer:
    return PageDrawer(tmp_path, command(tmp_path))


def command(folder: Path, *words: str) -> list[str]:
    (folder / "helpers").mkdir()
    return [sys.executable, "-c", HELPER.replace("HERE", repr(str(folder / "helpers"))), *words]


def helpers(drawer: PageDrawer) -> int:
    return len(list((drawer.server / "helpers").iterdir()))


async def drawn(drawer: PageDrawer, sheet: Sheet = PAGE) -> str:
    """A page, once there is a helper that draws it."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        html = await drawer(sheet)
        if html is not None:
            return html
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was drawn")


def test_a_page_is_drawn_with_its_own_data(drawer: PageDrawer) -> None:
    async def draw() -> None:
        async with drawer.running():
            await drawn(drawer)
            sheets = [Sheet(f"/orders/{n}", json.dumps({"customer": n})) for n in range(50)]
            pages = await asyncio.gather(*map(drawer, sheets))
            for n, page in enumerate(pages):
                assert page == (f"<head></head><p>/orders/{n} {{'customer': {n}}} by 0</p></html>")

    asyncio.run(draw())


def test_its_first_pages_are_drawn_before_anybodys(drawer: PageDrawer) -> None:
    drawer.rehearsal = [PAGE, asks("die"), PAGE]

    async def draw() -> None:
        async with drawer.running():
            assert await drawer(PAGE) is None
            end = time.monotonic() + 30
            while helpers(drawer) < 2:
                assert time.monotonic() < end
                await asyncio.sleep(0.01)
            assert await drawer(PAGE) is None  # never ready

    asyncio.run(draw())


@pytest.mark.parametrize(
    ("do", "why"),
    [
        ("die", "it died"),
        ('say={"html":"<p>half"}', "it answers nonsense"),
        ("say=7", "it answers nonsense"),
        ("babble=[not_json", "it answers nonsense"),
        (f"babble={'x' * 300}", "it does not stop talking"),
        ('say={"memory":9000000000}', "it has grown"),
        ('say={"memory":"much"}', "TypeError"),
        ("sleep=60", "it hangs"),
    ],
)
def test_one_that_is_of_no_use_is_replaced(
    drawer: PageDrawer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    do: str,
    why: str,
) -> None:
    monkeypatch.setattr(drawing, "LONGEST", 200)
    if "sleep" in do:
        monkeypatch.setattr(drawing, "HANGS_AFTER", 0.5)

    async def draw() -> str:
        async with drawer.running():
            assert "by 0" in await drawn(drawer)
            assert await drawer(asks(do)) is None
            return await drawn(drawer)

    assert "by 1" in asyncio.run(draw())
    assert f"the helper that draws pages is replaced: {why}" in caplog.text
    assert "/orders" not in caplog.text


def test_those_that_wait_meanwhile_go_out_undrawn(drawer: PageDrawer) -> None:
    async def draw() -> None:
        async with drawer.running():
            await drawn(drawer)
            lost = await asyncio.gather(drawer(asks("die")), drawer(PAGE), drawer(PAGE))
            assert lost == [None, None, None]
            assert "by 1" in await drawn(drawer)

    asyncio.run(draw())


def test_a_page_it_cannot_draw_is_no_fault_of_its(
    drawer: PageDrawer, caplog: pytest.LogCaptureFixture
) -> None:
    async def draw() -> None:
        async with drawer.running():
            await drawn(drawer)
            assert await drawer(asks('say={"error":"x_is_undefined"}')) is None
            assert "by 0" in str(await drawer(PAGE))

    asyncio.run(draw())
    assert "a page could not be drawn: x_is_undefined" in caplog.text


def test_a_page_does_not_wait_for_long(drawer: PageDrawer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw() -> None:
        async with drawer.running():
            await drawn(drawer)
            monkeypatch.setattr(drawing, "WITHIN", 0.2)
            began = time.monotonic()
            assert await drawer(asks("sleep=3")) is None
            assert time.monotonic() - began < 2
            # The helper goes on, and its late answer is nobody else's.
            monkeypatch.setattr(drawing, "WITHIN", 30.0)
            assert await drawer(PAGE) == "<head></head><p>/orders {} by 0</p></html>"

    asyncio.run(draw())


@pytest.mark.parametrize("says", [None, "v20.20.2", "what?"])
def test_without_a_node_that_can_pages_are_not_drawn(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    says: str | None,
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho '{says}'\n")
    node.chmod(0o700)
    monkeypatch.setattr(
        drawing.shutil, "which", lambda *_args, **_named: str(node) if says else None
    )
    drawer = PageDrawer(tmp_path)

    async def draw() -> None:
        async with asyncio.timeout(20), drawer.running():
            while not caplog.text:
                assert await drawer(PAGE) is None
                await asyncio.sleep(0.01)

    asyncio.run(draw())
    assert "there is no Node" in caplog.text


@pytest.mark.parametrize("words", [["/nowhere/node"], [sys.executable, "-c", "1"]])
def test_one_that_does_not_start_is_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, words: list[str]
) -> None:
    drawer = PageDrawer(tmp_path, words)

    async def draw() -> None:
        async with drawer.running():
            end = time.monotonic() + 30
            while caplog.text.count("is replaced") < 3:
                assert time.monotonic() < end
                assert await drawer(PAGE) is None
                await asyncio.sleep(0.01)

    asyncio.run(draw())


def test_it_ends_with_the_server(drawer: PageDrawer) -> None:
    async def draw() -> None:
        async with drawer.running():
            await drawn(drawer)

    asyncio.run(draw())
    (pid,) = [int(file.name) for file in (drawer.server / "helpers").iterdir()]
    assert not Path(f"/proc/{pid}").exists()
