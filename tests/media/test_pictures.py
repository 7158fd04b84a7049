"""Pictures that strangers send, made harmless."""

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from account_portal.core.errors import PayloadTooLarge, UnsupportedMediaType
from account_portal.gateways.pictures import (
    MAX_BYTES,
    MAX_PASSES,
    PictureSize,
    PictureUnreadable,
    make_pictures,
)
from tests.factories.pictures import (
    make_flood,
    make_passes,
    make_picture,
    make_tagged_picture,
    open_picture,
)

PORTRAIT = [PictureSize("small", 96, square=True), PictureSize("large", 512, square=True)]
KINDS = ["JPEG", "PNG", "WEBP"]


def colour(image: Image.Image, x: int, y: int) -> str:
    """What is nearest to a pixel; encoding changes shades."""
    pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return ("red", "green", "blue")[pixel.index(max(pixel))]


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_becomes_webp_in_both_sizes(kind: str) -> None:
    made = make_pictures(make_picture(kind, (2000, 1000)), PORTRAIT)
    found = {name: open_picture(content) for name, content in made.items()}
    assert {name: image.size for name, image in found.items()} == {
        "small": (96, 96),
        "large": (512, 512),
    }
    assert {image.format for image in found.values()} == {"WEBP"}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_each_kind_of_pixel_can_be_shown(mode: str) -> None:
    source = Image.new(mode, (300, 200))
    file = BytesIO()
    source.save(file, "PNG")
    made = make_pictures(file.getvalue(), PORTRAIT)
    assert open_picture(made["large"]).size == (200, 200)


def test_transparency_is_kept() -> None:
    file = BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(file, "PNG")
    pixel = open_picture(make_pictures(file.getvalue(), PORTRAIT)["small"]).getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


def test_a_small_picture_is_not_blown_up() -> None:
    made = make_pictures(make_picture("PNG", (40, 60)), PORTRAIT)
    assert {open_picture(content).size for content in made.values()} == {(40, 40)}
    dot = make_pictures(make_picture("PNG", (1, 1)), PORTRAIT)
    assert open_picture(dot["large"]).size == (1, 1)


def test_a_size_that_is_not_square_keeps_the_shape() -> None:
    made = make_pictures(make_picture("JPEG", (2000, 1000)), [PictureSize("x", 320)])
    assert open_picture(made["x"]).size == (320, 160)


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_file_tells_beside_its_pixels_is_gone(kind: str) -> None:
    for content in make_pictures(make_tagged_picture(kind), PORTRAIT).values():
        assert b"ecret" not in content
        image = open_picture(content)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_taken_sideways_stands_upright(kind: str) -> None:
    made = make_pictures(make_tagged_picture(kind, orientation=6), [PictureSize("x", 200)])
    image = open_picture(made["x"]).convert("RGB")
    assert image.size == (150, 200)
    # Blue was left; turned by 90 degrees it is above.
    assert (colour(image, 75, 20), colour(image, 75, 180)) == ("blue", "red")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (100, 100), colour) for colour in ("blue", "red", "green")]
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=50)
    image = open_picture(make_pictures(file.getvalue(), PORTRAIT)["small"])
    assert getattr(image, "n_frames", 1) == 1
    assert colour(image, 50, 50) == "blue"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"BM" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x20ftypavif",
    ],
)
def test_another_format_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(UnsupportedMediaType):
        make_pictures(content, PORTRAIT)


def test_more_than_five_mebibytes_are_refused() -> None:
    fitting = make_picture("PNG").ljust(MAX_BYTES, b"\0")
    assert make_pictures(fitting, PORTRAIT)
    with pytest.raises(PayloadTooLarge):
        make_pictures(fitting + b"\0", PORTRAIT)


@pytest.mark.parametrize("size", [(5001, 5000), (50_000, 50_000), (2**31 - 1, 2**31 - 1)])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(PictureUnreadable):
        make_pictures(make_flood(*size), PORTRAIT)


def test_a_picture_of_many_passes_is_refused_before_it_is_decoded() -> None:
    fine = make_passes(MAX_PASSES - 20)
    assert make_pictures(fine, PORTRAIT)
    with pytest.raises(PictureUnreadable) as caught:
        make_pictures(make_passes(MAX_PASSES), PORTRAIT, field="photo")
    assert set(caught.value.fields) == {"photo"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_that_was_cut_short_is_refused(kind: str, share: float) -> None:
    whole = make_picture(kind, (800, 600))
    with pytest.raises(PictureUnreadable) as caught:
        make_pictures(whole[: int(len(whole) * share)], PORTRAIT, field="photo")
    assert set(caught.value.fields) == {"photo"}


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_damage_of_any_kind_is_a_refusal_or_a_picture(data: st.DataObject, kind: str) -> None:
    content = bytearray(make_picture(kind, (64, 48)))
    for position in data.draw(st.lists(st.integers(4, len(content) - 1), min_size=1, max_size=8)):
        content[position] = data.draw(st.integers(0, 255))
    made: dict[str, bytes] = {}
    with suppress(PictureUnreadable, UnsupportedMediaType):
        made = make_pictures(bytes(content), PORTRAIT)
    assert all(open_picture(picture).format == "WEBP" for picture in made.values())
