"""The small functions of the kit's own script, run by node as they are."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from account_portal.core.currencies import DIGITS

KIT = Path(__file__).parents[2] / "assets" / "kit"
NODE = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
STAND_IN = """
const createElement = () => null, useEffect = () => {}, useId = () => "", useRef = () => ({}),
  useState = (value) => [value, () => {}];
const viewing = { value: { language: LANGUAGE }, configurable: true };
Object.defineProperty(globalThis, "navigator", viewing);
"""


IN_BROWSER = 'globalThis.document = { documentElement: { lang: "en" } };'


def run(
    file: str,
    expression: str,
    *,
    language: str = "en-GB",
    zone: str = "Asia/Kolkata",
    place: str = IN_BROWSER,
):
    """The value of an expression over what a script of the kit exports."""
    lines = (KIT / file).read_text().splitlines()
    body = "\n".join(line for line in lines if not line.startswith("import "))
    script = (
        STAND_IN.replace("LANGUAGE", json.dumps(language))
        + place
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


def test_money_has_the_digits_the_api_has() -> None:
    """Those of ISO 4217; a browser by itself would take CLDR's."""
    codes = json.dumps(sorted(DIGITS))
    digits = r'moneyText("1", code, "en").match(/\d(?:\.(\d+))?/)[1]?.length ?? 0'
    call = f"Object.fromEntries({codes}.map((code) => [code, {digits}]))"
    assert run("values.js", call) == DIGITS


@pytest.mark.parametrize(
    ("amount", "exact", "text"), [(12, True, "RSD\u00a012.00"), (12, False, "RSD\u00a012")]
)
def test_only_a_headline_leaves_zero_hundredths_out(amount, exact, text) -> None:
    assert run("values.js", f'moneyText({amount}, "RSD", "en", {json.dumps(exact)})') == text
    assert run("values.js", 'moneyText(12.5, "RSD", "en", false)') == "RSD\u00a012.50"


@pytest.mark.parametrize("language", ["C", "en-US@posix", "", "de_DE"])
def test_a_browser_whose_language_is_none_is_written_to_in_english(language: str) -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "date")'
    assert run("values.js", call, language=language) == "May 4, 2026"


def test_a_day_is_the_same_day_in_every_zone() -> None:
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        assert run("values.js", 'dateText("2026-05-03", "date")', zone=zone) == "3 May 2026"


@pytest.mark.parametrize("style", ["datetime", "binding"])
def test_a_day_alone_is_written_without_an_hour(style: str) -> None:
    call = f'dateText("2026-05-03", "{style}")'
    assert run("values.js", call, zone="America/Los_Angeles") in ("3 May 2026", "May 3, 2026")


def test_a_moment_is_written_in_the_viewers_zone() -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "date")'
    assert run("values.js", call, zone="Asia/Kolkata") == "4 May 2026"
    assert run("values.js", call, zone="America/New_York") == "3 May 2026"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-05-04T19:29:30Z", "just now"),
        ("2026-05-03T20:30:00Z", "23 hours ago"),
        ("2026-05-03T18:30:00Z", "yesterday"),
        ("2026-05-03T13:30:00Z", "2 days ago"),
    ],
)
def test_yesterday_is_a_day_of_the_viewers_calendar(moment: str, words: str) -> None:
    now = 'Date.parse("2026-05-04T19:30:00Z")'  # one o'clock at night in Kolkata
    clock = f"""
      const Clock = Date, now = {now};
      globalThis.Date = class extends Clock {{
        constructor(...given) {{ super(...(given.length ? given : [now])); }}
        static now() {{ return now; }}
      }};"""
    assert run("values.js", f'dateText("{moment}", "ago")', place=IN_BROWSER + clock) == words


def on_server(
    languages: list[str] | None = None, zone: str | None = None, place: str | None = None
) -> str:
    asked = {"languages": languages, "zone": zone, "likelyZone": place}
    return f"globalThis.pageData = {json.dumps(asked)};"


STYLES = (
    "date",
    "short",
    "day",
    "weekday",
    "month",
    "time",
    "datetime",
    "binding",
    "near",
    "coming",
    "ago",
)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("language", "zone"), [("en-IN", "Asia/Kolkata"), ("de-AT", "Europe/Vienna"), ("ar", "UTC")]
)
def test_the_server_writes_as_its_readers_browser_does(
    language: str, zone: str, style: str
) -> None:
    moments = ["2026-05-03T20:00:00Z", "2026-05-03", "2031-12-31T23:30:00Z", "from the courier"]
    call = f"{json.dumps(moments)}.map((one) => dateText(one, {json.dumps(style)}))"
    here = run("values.js", call, language=language, zone=zone)
    there = run("values.js", call, zone="Asia/Tokyo", place=on_server([language], zone))
    assert there == here


@pytest.mark.parametrize("zone", [None, "", "Nowhere/Land", "<script>"])
@pytest.mark.parametrize("languages", [None, [], ["C", "en-US@posix"]])
def test_a_reader_who_told_nothing_is_written_to_in_english_and_utc(
    zone: str | None, languages: list[str] | None
) -> None:
    call = 'dateText("2026-05-03T20:00:00Z", "datetime")'
    text = run("values.js", call, language="de", place=on_server(languages, zone))
    assert " ".join(text.split()) == "May 3, 2026, 8:00 PM UTC"


AT = """
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : ["2026-12-01T20:00:00Z"])); }
    static now() { return new Real("2026-12-01T20:00:00Z").getTime(); }
  };"""
"""In Kolkata, where it is 01:30 of 2 December, "today" begins ninety minutes before."""


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("2026-12-01", "coming", "Tue 1 Dec"),
        ("2026-12-02", "coming", "Wed 2 Dec"),
        ("2026-12-03", "near", "Thu 3 Dec"),
        ("2026-12-01T19:00:00Z", "near", "Wed 2 Dec"),
        ("2026-11-30T19:00:00Z", "ago", "Tue 1 Dec"),
        ("2026-12-01T19:00:00Z", "ago", "1 hour ago"),
        ("2026-12-01T19:00:00Z", "date", "2 December 2026"),
        ("2026-12-01T19:00:00Z", "datetime", "2 Dec 2026 00:30 GMT+5:30"),
        ("2026-12-01T19:00:00Z", "time", "00:30 GMT+5:30"),
        ("2026-12-01", "datetime", "1 Dec 2026"),
    ],
)
@pytest.mark.parametrize("zone", [None, "Nowhere/Land"])
def test_a_guess_of_where_the_reader_is_says_what_is_true_anywhere(
    zone: str | None, value: str, style: str, text: str
) -> None:
    call = f"dateText({json.dumps(value)}, {json.dumps(style)})"
    told = run("values.js", call, place=on_server(["en-GB"], zone, "Asia/Kolkata") + AT)
    assert told.replace(",", "").replace(" at ", " ") == text


def test_a_date_that_binds_says_its_zone() -> None:
    text = run("values.js", 'dateText("2026-05-03T20:00:00Z", "binding")')
    assert text.endswith(("IST", "GMT+5:30"))


@pytest.mark.parametrize(("hours", "word"), [(-24, "yesterday"), (0, "today"), (24, "tomorrow")])
def test_near_days_have_names(hours: int, word: str) -> None:
    moment = f"new Date(Date.now() + {hours} * 3600000).toISOString()"
    assert run("values.js", f'dateText({moment}, "near")', language="de-DE") == word


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Asia/Tokyo", ("Tue 1 Dec", "today", "tomorrow")),
        ("Europe/London", ("today", "tomorrow", "Thu 3 Dec")),
    ],
)
def test_a_day_that_comes_is_told_from_the_readers_today(zone: str, words: tuple[str, ...]) -> None:
    # In Tokyo it is 2 December, in London the first.
    days = json.dumps(["2026-12-01", "2026-12-02", "2026-12-03"])
    call = f'{days}.map((one) => dateText(one, "coming"))'
    told = run("values.js", call, language="en-GB", zone=zone, place=IN_BROWSER + AT)
    assert tuple(one.replace(",", "") for one in told) == words


def test_what_a_courier_wrote_is_shown_as_it_stands() -> None:
    assert run("values.js", 'dateText("2-3 working days", "date")') == "2-3 working days"


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


PHOTOS = {"one": "photo", "many": "photos", "types": "JPEG photos", "accept": "image/jpeg"}
VIDEOS = {"one": "video", "many": "videos", "types": "WebM videos", "accept": "video/webm,.mov"}
KINDS = [{**PHOTOS, "limit": 2, "max_bytes": 1000}, {**VIDEOS, "limit": 1, "max_bytes": 5000}]


def chosen(name: str, kind: str = "image/jpeg", size: int = 1000) -> dict[str, object]:
    return {"name": name, "type": kind, "size": size}


@pytest.mark.parametrize(
    ("before", "picked", "taken", "fault"),
    [
        ([], [chosen("a"), chosen("b"), chosen("v", "video/webm", 5000)], "abv", ""),
        ([], [chosen("v.MOV", "", 9)], ["v.MOV"], ""),
        ([chosen("a")], [chosen("b"), chosen("c")], "ab", "At most 2 photos."),
        ([chosen("v", "video/webm")], [chosen("w", "video/webm")], "v", "At most 1 video."),
        ([], [chosen("a", size=1001)], "", "a is larger than 0.1 MB."),
        ([], [chosen("v", "video/webm", 1001), chosen("w", "video/webm", 5001)], "v", None),
        (
            [chosen("a")],
            [chosen("n.pdf", "application/pdf"), chosen("b")],
            "ab",
            "n.pdf cannot be sent. Choose JPEG photos, or WebM videos.",
        ),
    ],
)
def test_files_are_chosen_by_kind(before, picked, taken, fault) -> None:
    call = f"choose({json.dumps(before)}, {json.dumps(picked)}, {json.dumps(KINDS)})"
    found = run("file-drop.js", call)
    assert [file["name"] for file in found["taken"]] == list(taken)
    assert found["fault"] == fault or (fault is None and found["fault"])


def test_another_picture_takes_the_place_of_the_only_one() -> None:
    kinds = json.dumps([{**KINDS[0], "limit": 1}])
    for picked, kept in ((chosen("b"), "b"), (chosen("b", "text/plain"), "a")):
        call = f"choose({json.dumps([chosen('a')])}, {json.dumps([picked])}, {kinds})"
        assert [file["name"] for file in run("file-drop.js", call)["taken"]] == [kept]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [("0.2", "0:01"), ("59.6", "1:00"), ("754", "12:34"), ("Infinity", ""), ("NaN", "")],
)
def test_the_length_of_a_video(seconds: str, text: str) -> None:
    assert run("file-drop.js", f"length({seconds})") == text


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("Your code: 123-456", "123456"),
        ("\u0666\u0665\u0660\u0663\u0667\u0663", "650373"),
        ("\uff18\uff10\uff18\uff11\uff13\uff17", "808137"),
        ("\u096f\u0966", "90"),
        ("\U0001d7d8\U0001d7e1", "09"),
        ("no digit", ""),
    ],
)
def test_a_code_is_read_in_the_digits_of_any_script(typed: str, digits: str) -> None:
    assert run("forms.js", f"digitsOf({json.dumps(typed)})") == digits


def test_bytes_of_passkeys_travel_as_base64url() -> None:
    every = "Array.from({ length: 256 }, (_, byte) => byte)"
    there = f"toText(new Uint8Array({every}).buffer)"
    text = run("passkey.js", there)
    assert base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) == bytes(range(256))
    assert not {"+", "/", "="} & set(text)
    assert run("passkey.js", f"Array.from(toBytes({there}))") == list(range(256))


def test_what_a_browser_is_asked_is_read_in_full() -> None:
    options = {
        "rp": {"id": "shop.example"},
        "challenge": "AAEC",
        "user": {"id": "Aw", "name": "asha"},
        "excludeCredentials": [{"id": "BAU", "type": "public-key", "transports": ["usb"]}],
        "timeout": 300_000,
    }
    plain = "(key, value) => value instanceof Uint8Array ? Array.from(value) : value"
    found = run("passkey.js", f"JSON.parse(JSON.stringify(read({json.dumps(options)}), {plain}))")
    assert found == {
        **options,
        "challenge": [0, 1, 2],
        "user": {"id": [3], "name": "asha"},
        "excludeCredentials": [{"id": [4, 5], "type": "public-key", "transports": ["usb"]}],
    }


def test_a_credential_is_written_without_what_it_does_not_have() -> None:
    bytes_of = "(...bytes) => new Uint8Array(bytes).buffer"
    made = f"""(bytes => written({{ id: "AAE", rawId: bytes(0, 1), type: "public-key", response: {{
      clientDataJSON: bytes(1), attestationObject: bytes(2), userHandle: null,
      getTransports: () => ["internal"] }} }}))({bytes_of})"""
    assert run("passkey.js", made) == {
        "id": "AAE",
        "rawId": "AAE",
        "type": "public-key",
        "response": {
            "clientDataJSON": "AQ",
            "attestationObject": "Ag",
            "transports": ["internal"],
        },
    }


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        (["de-AT", "en"], ["de", "Vertrag widerrufen"]),
        (["pt-BR", "EN-us"], ["en", "Withdraw"]),
        (["pt-BR"], ["nl", "Herroepen"]),
        (None, ["nl", "Herroepen"]),
    ],
)
def test_legal_words_in_the_first_language_that_there_is(
    languages: list[str] | None, shown: list[str]
) -> None:
    texts = [["nl", "Herroepen"], ["de", "Vertrag widerrufen"], ["en", "Withdraw"]]
    assert run("values.js", f"inLanguage({json.dumps(texts)}, {json.dumps(languages)})") == shown
