"""Scripts that stand in the pages themselves, before those of the build."""

from pathlib import Path


def inline_script(file: Path) -> str:
    """Text of a script that begins with what all of them share (`storage.js`)."""
    shared = (Path(__file__).parent / "storage.js").read_text(encoding="utf-8")
    # In a function: what one script names is none of another's business.
    return f"(() => {{\n{shared}\n{file.read_text(encoding='utf-8')}}})();\n"
