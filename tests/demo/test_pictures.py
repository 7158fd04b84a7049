"""The committed product pictures are what the code draws, and are safe to show."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from account_portal.demo.pictures import PLACEHOLDER, SCENES, draw
from account_portal.demo.pictures.__main__ import FOLDER, write_pictures
from account_portal.demo.pictures.palette import mix

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "stop",
    "linearGradient",
    "radialGradient",
}


@pytest.mark.parametrize("name", SCENES)
def test_file_is_what_the_code_draws(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == draw(name), (
        "draw again: python -m account_portal.demo.pictures"
    )


@pytest.mark.parametrize("name", SCENES)
def test_picture_is_a_small_plain_square(name: str) -> None:
    text = draw(name)
    root = ET.fromstring(text)
    assert root.get("viewBox") == "0 0 400 400"
    assert len(text.encode()) < 4_000
    # No text, image, script, style or link: nothing to load, nothing to run.
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= ELEMENTS
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


@pytest.mark.parametrize("name", SCENES)
def test_every_gradient_is_defined_and_used(name: str) -> None:
    text = draw(name)
    defined = re.findall(r' id="(\w+)"', text)
    assert len(set(defined)) == len(defined)
    assert set(re.findall(r"url\(#(\w+)\)", text)) == set(defined)


def test_whole_set_is_light_and_holds_no_stranger() -> None:
    files = list(FOLDER.iterdir())
    assert {file.name for file in files} == {f"{name}.svg" for name in SCENES}
    assert sum(file.stat().st_size for file in files) < 150_000
    assert PLACEHOLDER in SCENES


def test_no_two_pictures_are_the_same() -> None:
    assert len({draw(name) for name in SCENES}) == len(SCENES)


def test_drawing_again_removes_what_no_scene_names(tmp_path: Path) -> None:
    (tmp_path / "sold-out.svg").write_text("<svg/>")
    (tmp_path / "notes.txt").write_text("stays")
    assert write_pictures(tmp_path) == len(SCENES)
    assert not (tmp_path / "sold-out.svg").exists()
    assert (tmp_path / "notes.txt").exists()
    assert len(list(tmp_path.glob("*.svg"))) == len(SCENES)


def test_mix_goes_from_one_colour_to_the_other() -> None:
    assert mix("#000000", "#ff8040", 0) == "#000000"
    assert mix("#000000", "#ff8040", 1) == "#ff8040"
    assert mix("#000000", "#ff8040", 0.5) == "#804020"
