"""Draws every picture into ``assets/products`` and removes those that no scene names any more."""

from pathlib import Path

import click

from account_portal.demo.pictures import SCENES, draw

FOLDER = Path(__file__).parents[3] / "assets" / "products"


def write_pictures(folder: Path = FOLDER) -> int:
    """Write the files, all in all; says how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.svg"):
        if file.stem not in SCENES:
            file.unlink()
    for name in SCENES:
        (folder / f"{name}.svg").write_text(draw(name), encoding="utf-8", newline="\n")
    return len(SCENES)


if __name__ == "__main__":
    click.echo(f"{write_pictures()} pictures in {FOLDER}")
