"""The changes made to what Reflex generates: they apply once, or the build stops."""

from importlib.metadata import version
from pathlib import Path

import pytest
import reflex_base
from reflex_base.compiler.templates import vite_config_template

from account_portal.serving import frontend


def generated() -> str:
    return vite_config_template(
        "/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )


def test_the_generated_configuration_is_changed_once() -> None:
    changed = frontend._configure_vite(generated())
    assert changed.count("@emotion") == 1
    assert changed.count('name: "framework"') == 1
    assert changed.count("proxy:") == 1
    assert frontend._configure_vite(changed) == changed


def test_another_reflex_stops_the_build() -> None:
    with pytest.raises(frontend.BuildChanged, match="alias"):
        frontend._configure_vite("export default {}")


def test_the_browser_stays_on_its_own_port() -> None:
    source = (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()
    changed = frontend._use_own_origin(source)
    assert "endpoint.port = window.location.port;" in changed
    assert 'endpoint.port = ""' not in changed
    assert frontend._use_own_origin(changed) == changed


def test_the_head_script_stands_in_html_as_it_was_written() -> None:
    text = frontend.head_script()
    assert not {"&", "<"} & set(text)
    assert f'["{version("reflex")}"]' in text
    assert "/backend/_event/?token=" in text
