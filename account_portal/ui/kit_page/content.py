"""Content as it comes: long words, other scripts, missing pictures."""

from urllib.parse import quote

GERMAN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
THAI = "คุณพิมพ์ชนก ลือวิเศษไพบูลย์กิจวัฒนานนท์ชัย"
ARABIC = "عبد الرحمن بن محمد بن عبد العزيز آل الشيخ الأنصاري"


def _drawing(sky: str, shape: str) -> str:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">'
        f'<rect width="96" height="96" fill="{sky}"/>'
        f'<circle cx="48" cy="44" r="22" fill="{shape}"/>'
        f'<rect x="26" y="58" width="44" height="16" rx="8" fill="{shape}" opacity=".6"/></svg>'
    )
    return "data:image/svg+xml," + quote(svg)


PICTURES = [
    _drawing("#f3e4d4", "#b9653b"),
    _drawing("#dce9e5", "#2f6f62"),
    _drawing("#e4e2f2", "#5b53a6"),
]
DIALLING_CODES = [
    ("+91", "India +91"),
    ("+49", "Germany +49"),
    ("+66", "Thailand +66"),
    ("+966", "Saudi Arabia +966"),
]
