"""Three ways to use a page: with a mouse, with a finger, with nothing but the keyboard."""

import re

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150

# Whether somebody who looks at the page can tell where the focus is: by a ring on the element, on
# what is drawn for it, or on what surrounds both.
FOCUS_SHOWS = """
() => {
  const focused = document.activeElement;
  if (!focused?.matches(":focus-visible")) return false;
  const ringed = (one, part) => {
    const style = getComputedStyle(one, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const drawn = getComputedStyle(focused, "::after").content !== "none";
  if (drawn && ringed(focused, "::after")) return true;
  const beside = [...(focused.parentElement?.querySelectorAll("*") ?? [])];
  for (let at = focused, up = 0; at && up < 4; at = at.parentElement, up += 1) beside.push(at);
  return beside.some((one) => ringed(one));
}
"""


class Mouse:
    """Points and clicks; types where it clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        """A button, a link, or a box to tick."""
        target.click()

    def write(self, field: Locator, text: str) -> None:
        """Replace what stands in a field."""
        self.press(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, option: str) -> None:
        """Choose from a list."""
        field.select_option(option)

    def pick(self, first: Locator, wanted: Locator) -> None:
        """One of a group of radio buttons, of which `first` is the first."""
        expect(first).to_be_visible()
        # What is drawn is the label; the button itself is out of sight.
        named = wanted.evaluate("radio => radio.labels[0].textContent")
        self.press(self.page.locator("label").filter(has_text=re.compile(f"^{named}$")))


class Finger(Mouse):
    """Taps."""

    def press(self, target: Locator) -> None:
        target.tap()


class Keyboard(Mouse):
    """Never points: Tab to get there, Enter and Space to press, arrows to choose."""

    def reach(self, target: Locator) -> None:
        """Go on with Tab until the focus is there, and see that it shows."""
        expect(target).to_be_visible()
        for _ in range(MOST_TABS):
            if target.evaluate("element => element === document.activeElement"):
                assert self.page.evaluate(FOCUS_SHOWS), "nobody can see where the focus is"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached by keyboard")

    def press(self, target: Locator) -> None:
        self.reach(target)
        ticked = target.evaluate("element => ['checkbox', 'radio'].includes(element.type)")
        self.page.keyboard.press("Space" if ticked else "Enter")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, option: str) -> None:
        self.reach(field)
        self.page.keyboard.type(option)
        expect(field.locator("option:checked")).to_have_text(option)

    def pick(self, first: Locator, wanted: Locator) -> None:
        self.reach(first)
        self.page.keyboard.press("Space")
        for _ in range(20):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted} is not reached with the arrows")
