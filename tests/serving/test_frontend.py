"""The changes made to what Reflex generates: they apply once, or the build stops."""

import json
import re
import runpy
from importlib.metadata import version
from pathlib import Path

import pytest
import reflex as rx
import reflex_base
from reflex.compiler.compiler import compile_contexts
from reflex.utils.frontend_skeleton import _compile_package_json, _update_react_router_config
from reflex_base.compiler.templates import vite_config_template
from reflex_base.config import Config

from account_portal.core.places import ROOT
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


def test_hot_reload_is_for_this_machine_alone() -> None:
    """Its demo, with logins and codes, would be there for the whole network."""
    runpy.run_path(str(ROOT / "rxconfig.py"))
    scripts = json.loads(_compile_package_json())["scripts"]
    assert scripts["dev"] == "react-router dev --host 127.0.0.1"


def test_another_reflex_stops_the_build() -> None:
    with pytest.raises(frontend.BuildChanged, match="alias"):
        frontend._configure_vite("export default {}")


def generated_client() -> str:
    return (Path(reflex_base.__file__).parent / ".templates/web/utils/state.js").read_text()


def test_no_address_names_the_tab() -> None:
    changed = frontend._edit_client(generated_client())
    assert changed.count("...told }") == 1
    assert not re.search(r"query\b[^;]*token", changed)
    assert "token=" not in frontend.head_script()


def test_the_browser_stays_on_its_own_port() -> None:
    changed = frontend._edit_client(generated_client())
    assert "endpoint.port = window.location.port;" in changed
    assert 'endpoint.port = ""' not in changed
    assert frontend._edit_client(changed) == changed


def generated_context() -> str:
    return compile_contexts(rx.State, None)[1]


def test_server_and_browser_begin_with_the_pages_own_data() -> None:
    changed = frontend._edit_context(generated_context())
    assert changed.count("beginning(initialState)") == 2
    assert frontend._edit_context(changed) == changed


@pytest.mark.parametrize("edit", frontend.BEGINNING)
def test_a_context_written_otherwise_stops_the_build(edit: tuple[str, str]) -> None:
    with pytest.raises(frontend.BuildChanged):
        frontend._edit_context(generated_context().replace(edit[0], ""))


def test_the_client_shows_first_data_before_it_listens() -> None:
    changed = frontend._edit_client(generated_client())
    assert changed.count("useLayoutEffect(() => showFirstData(dispatch)") == 1
    assert changed.count("useEffect(() => window.portalAlive?.(), []);") == 1
    assert changed.count('socket.current.on("event", hear);') == 1
    assert changed.count("waits(() =>") == 2


def test_the_client_sends_files_by_the_portals_own_function() -> None:
    changed = frontend._edit_client(generated_client())
    assert changed.count('import { uploadFiles } from "$/utils/uploads";') == 1
    assert "helpers/upload" not in changed
    helper = Path(reflex_base.__file__).parent / ".templates/web/utils/helpers/upload.js"
    # What `uploads.js` takes for granted: these parameters, this name, and `false` for a failure.
    written = re.sub(r"\s+", " ", helper.read_text())
    parameters = (
        "handler, files, upload_id, on_upload_progress, extra_headers, extra_args, socket, refs,"
    )
    assert f"uploadFiles = async ( {parameters}" in written
    assert "`__upload_controllers_${upload_id}`" in written
    assert 'console.log("Upload error:", error.message); return false;' in written


@pytest.mark.parametrize("edit", frontend.FIRST_DATA)
def test_a_client_written_otherwise_stops_the_build(edit: tuple[str, str]) -> None:
    with pytest.raises(frontend.BuildChanged):
        frontend._edit_client(generated_client().replace(edit[0], ""))


def test_pages_with_varying_addresses_are_prerendered() -> None:
    written = _update_react_router_config(Config(app_name="portal"), prerender_routes=True)
    changed = frontend._prerender_varying_pages(written, paths=["/orders/[order_number]"])
    assert '[...getStaticPaths(), ...["/orders/[order_number]"]]' in changed
    assert frontend._prerender_varying_pages(changed, paths=["/orders/[order_number]"]) == changed
    with pytest.raises(frontend.BuildChanged):
        frontend._prerender_varying_pages(written.replace("true", "[]"), paths=["/a/[b]"])


def test_the_head_script_stands_in_html_as_it_was_written() -> None:
    text = frontend.head_script()
    assert not {"&", "<"} & set(text)
    assert f'["{version("reflex")}"]' in text
    assert "/backend/_event/?EIO=4" in text


def test_a_page_is_asked_for_before_react_has_drawn_it_and_once() -> None:
    changed = frontend._edit_client(generated_client())
    assert changed.count("onNavigation((location, routeParams) => {") == 1
    assert changed.count("if (location.key === told.current) return;") == 1
    assert changed.count("app.onLoadInternalEvent()") == 2


@pytest.mark.parametrize("edit", frontend.NAVIGATION[1:])
def test_a_navigation_written_otherwise_stops_the_build(edit: tuple[str, str]) -> None:
    with pytest.raises(frontend.BuildChanged):
        frontend._edit_client(generated_client().replace(edit[0], ""))
