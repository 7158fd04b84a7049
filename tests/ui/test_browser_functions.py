"""The small functions of the kit's own script, run by node as they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KIT = Path(__file__).parents[2] / "assets" / "kit"
NODE = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
STAND_IN = """
const createElement = () => null, useEffect = () => {}, useId = () => "", useRef = () => ({}),
  useState = (value) => [value, () => {}], useSyncExternalStore = (a, now) => now();
globalThis.document = { documentElement: { lang: "en" } };
const viewing = { value: { language: LANGUAGE }, configurable: true };
Object.defineProperty(globalThis, "navigator", viewing);
"""


def run(file: str, expression: str, *, language: str = "en-GB", zone: str = "Asia/Kolkata"):
    """The value of an expression over what a script of the kit exports."""
    lines = (KIT / file).read_text().splitlines()
    body = "\n".join(line for line in lines if not line.startswith("import "))
    script = (
        STAND_IN.replace("LANGUAGE", json.dumps(language))
        + body.replace("createElement as h", "h").replace("export ", "")
        + f"\nprocess.stdout.write(JSON.stringify({expression}) ?? 'null');"
    )
    assert NODE
    result = subprocess.run(
        [NODE, "--input-type=module", "-e", "const h = () => null;" + script],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": zone, "PATH": os.environ["PATH"]},
    )
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "text"),
    [
        (1299, "INR", "en-IN", "₹1,299.00"),
        (129999.5, "INR", "en-IN", "₹1,29,999.50"),
        (1299.5, "EUR", "de-DE", "1.299,50\u00a0€"),
        (8000, "JPY", "en-US", "¥8,000"),
        ("12.50", "USD", "en-US", "$12.50"),
        (3, "not a currency", "en-US", "3.00 not a currency"),
    ],
)
def test_money_is_written_for_the_viewer(amount, currency, language, text) -> None:
    call = f"moneyText({json.dumps(amount)}, {json.dumps(currency)}, {json.dumps(language)})"
    assert run("values.js", call) == text


@pytest.mark.parametrize("language", ["C", "en-US@posix", "", "de_DE"])
def test_a_browser_whose_language_is_none_is_written_to_in_english(language: str) -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "date", true)'
    assert run("values.js", call, language=language) == "May 4, 2026"


def test_a_day_is_the_same_day_in_every_zone() -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        assert run("values.js", 'dateText("2026-05-03", "date", true)', zone=zone) == "3 May 2026"


def test_a_moment_is_written_in_the_viewers_zone() -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "date", true)'
    assert run("values.js", call, zone="Asia/Kolkata") == "4 May 2026"
    assert run("values.js", call, zone="America/New_York") == "3 May 2026"


def test_the_built_page_is_the_same_wherever_it_is_built() -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "datetime", false)'
    assert run("values.js", call, zone="Asia/Kolkata", language="de") == "3 May 2026, 20:00"


def test_a_date_that_binds_says_its_zone() -> None:
    text = run("values.js", 'dateText("2026-05-03T20:00:00Z", "binding", true)')
    assert text.endswith(("IST", "GMT+5:30"))


@pytest.mark.parametrize(("hours", "word"), [(-24, "yesterday"), (0, "today"), (24, "tomorrow")])
def test_near_days_have_names(hours: int, word: str) -> None:
    moment = f"new Date(Date.now() + {hours} * 3600000).toISOString()"
    assert run("values.js", f'dateText({moment}, "near", true)', language="de-DE") == word


def test_what_a_courier_wrote_is_shown_as_it_stands() -> None:
    assert run("values.js", 'dateText("2-3 working days", "date", true)') == "2-3 working days"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Asha Rao", "AR"),
        ("  asha  van der  rao ", "AR"),
        ("Cher", "C"),
        ("", ""),
        ("भारती शर्मा", "भाश"),
        ("عبد الرحمن", "عا"),
        ("🙂 Smile", "S"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert run("media.js", f"initials({json.dumps(name)})") == letters


@pytest.mark.parametrize(
    ("password", "score"),
    [("short", 0), ("a" * 40, 1), ("abcdefgh", 2), ("correct horse battery", 4)],
)
def test_strength_counts_length_and_variety(password: str, score: int) -> None:
    assert run("forms.js", f"strength({json.dumps(password)}, 8)") == score
