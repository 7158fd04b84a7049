"""Videos play in a browser when all else that they told is overwritten."""

from base64 import b64encode
from io import BytesIO

import pytest
from playwright.sync_api import Browser

from account_portal.gateways.videos import clean_video
from tests.factories.quicktime import make_quicktime
from tests.factories.reviews import FILM, FILMS

MADE = {path.name: path.read_bytes() for path in sorted(FILMS.glob("*.[mw]*[4m]"))}
MADE |= {"film.webm": FILM, "iphone.mp4": make_quicktime()}
PLAY = """async address => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const ended = new Promise((done, failed) => {
    video.onended = done;
    video.onerror = () => failed(new Error(video.error.message));
  });
  video.src = address;
  await video.play();
  await ended;
  const shown = video.getVideoPlaybackQuality().totalVideoFrames;
  return [video.videoWidth, video.videoHeight, shown];
}"""


@pytest.mark.parametrize("name", MADE)
def test_a_cleaned_film_plays_to_its_end(browser: Browser, name: str) -> None:
    content = MADE[name]
    kind = name.rpartition(".")[2]
    stream = BytesIO(content)
    clean_video(stream, kind)
    page = browser.new_page()
    told = [
        page.evaluate(PLAY, f"data:video/{kind};base64,{b64encode(film).decode()}")
        for film in (content, stream.getvalue())
    ]
    page.close()
    assert told[0] == told[1]
    assert told[1][2] >= 7


def test_an_iphones_film_plays_before_it_is_sent(browser: Browser) -> None:
    """Where it was chosen, under the type that its ending gives it."""
    page = browser.new_page()
    film = b64encode(make_quicktime()).decode()
    address = page.evaluate(
        """film => {
          const bytes = Uint8Array.from(atob(film), sign => sign.charCodeAt(0));
          return URL.createObjectURL(new Blob([bytes], { type: 'video/quicktime' }));
        }""",
        film,
    )
    assert page.evaluate(PLAY, address)[2] >= 7
    page.close()
