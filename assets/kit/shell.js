import { createElement as h, useContext, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useLocation } from "react-router";
import { ColorModeContext } from "$/utils/context-registry";
import { Icon } from "./icon.js";

const NEXT = { system: "light", light: "dark", dark: "system" };

/** One button, three choices; it says what is set and what a press will set. */
export function ThemeSwitch({ icons, className = "" }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const mode = NEXT[rawColorMode] ? rawColorMode : "system";
  const label = `Theme: ${mode}. Change to ${NEXT[mode]}.`;
  return h(
    "button",
    {
      type: "button",
      className,
      title: label,
      "aria-label": label,
      onClick: () => setColorMode(NEXT[mode]),
    },
    h(Icon, { d: icons[mode] }),
  );
}

function focusHeading(heading, options) {
  heading?.setAttribute("tabindex", "-1");
  heading?.focus(options);
  return Boolean(heading);
}

/** What was pressed to get to the next step is gone: the heading beside this has the focus, else the page's. */
export function StepFocus({ step }) {
  const ref = useRef(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    focusHeading(ref.current.parentElement.querySelector("h2") ?? document.querySelector("main h1"));
  }, [step]);
  return h("span", { ref, hidden: true });
}

/** After a change of page the heading gets the focus, as after a full load it would be read first.
 *  A change of filter or paging keeps the path, and with it the focus; a step of a form is a page. */
export function RouteFocus() {
  const { pathname: path, search } = useLocation();
  const pathname = `${path}#${new URLSearchParams(search).get("step") ?? ""}`;
  const before = useRef(null);
  useEffect(() => {
    const router = window.__reactRouterDataRouter;
    let known = router?.state.location.key;
    return router?.subscribe(({ location }) => {
      if (location.key === known) return;
      known = location.key;
      before.current = document.activeElement;
    });
  }, []);
  useEffect(() => {
    for (const list of document.querySelectorAll("[data-scrolls]")) {
      const here = list.querySelector("[aria-current]");
      if (here) list.scrollLeft = here.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
    }
  }, [pathname]);
  useEffect(() => {
    if (RouteFocus.last === undefined || RouteFocus.last === pathname) {
      RouteFocus.last = pathname;
      return;
    }
    RouteFocus.last = pathname;
    const focus = () => {
      // The page was there before this, and has a field that wants to be filled in first.
      const { activeElement: now } = document;
      if (now !== before.current && now.matches("main :is(input, textarea, select)")) return true;
      return focusHeading(document.querySelector("main h1"), { preventScroll: true });
    };
    if (focus()) return;
    // The heading of some pages comes with their data.
    const watch = new MutationObserver(() => focus() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true });
    const limit = setTimeout(() => watch.disconnect(), 5000);
    return () => {
      clearTimeout(limit);
      watch.disconnect();
    };
  }, [pathname]);
  return null;
}

const NOTICE_SECONDS = 6;
const SECONDS_PER_LETTER = 0.08;

/** The dialog that lies over the page when something is told, if one does: what stands outside of it
 *  is neither seen nor read. One that opens later is not told of it: it would lie over its buttons. */
function useTopDialog(stamp) {
  const [top, setTop] = useState(null);
  useEffect(() => {
    const over = [...document.querySelectorAll("dialog:modal")];
    const look = () => setTop(over.findLast((dialog) => dialog.open) ?? null);
    look();
    document.addEventListener("close", look, true);
    return () => document.removeEventListener("close", look, true);
  }, [stamp]);
  return top;
}

/** A polite live region that is always there; its text stays while it is read, pointed at or focused.
 *  While a dialog is open it speaks within that. */
export function Notice({ message, stamp, classes, icons, tone = "success", onDismiss }) {
  const [shown, setShown] = useState("");
  const held = useRef(false);
  const dialog = useTopDialog(`${stamp} ${shown}`);
  useEffect(() => {
    setShown(message || "");
    if (!message) return;
    const seconds = Math.max(NOTICE_SECONDS, message.length * SECONDS_PER_LETTER);
    let left = seconds;
    const clock = setInterval(() => {
      if (held.current) return;
      left -= 0.5;
      if (left > 0) return;
      clearInterval(clock);
      setShown("");
      onDismiss?.(stamp);
    }, 500);
    return () => clearInterval(clock);
  }, [message, stamp]);
  const hold = (value) => () => (held.current = value);
  const look = classes[tone] ?? classes.success;
  const box =
    shown &&
      h(
        "div",
        {
          key: stamp,
          className: `${classes.box} ${look}`,
          onMouseEnter: hold(true),
          onMouseLeave: hold(false),
          onFocus: hold(true),
          onBlur: hold(false),
        },
        h(Icon, { d: icons[tone] ?? icons.success }),
        h("p", { className: classes.text }, shown),
        h(
          "button",
          {
            type: "button",
            className: classes.close,
            "aria-label": "Dismiss",
            onClick: () => {
              setShown("");
              onDismiss?.(stamp);
            },
          },
          h(Icon, { d: icons.close, size: 18 }),
        ),
      );
  const region = { role: "status", "aria-live": "polite", className: classes.region };
  if (!dialog || !shown) return h("div", region, box);
  return h("div", region, createPortal(h("div", { ...region, role: "alert" }, box), dialog));
}

/** Goes to another page by a full load: a payment gateway's, or ours after the cookie changed.
 *  The router of this page would look for it among its own. Out of a frame a window leads. */
export function Leave({ to }) {
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    if (!to) return;
    if (!window.portalFrame) {
      window.location.assign(to);
      return;
    }
    window.portalFrame.away = true; // its return shows what became of it
    setBlocked(!window.open(to, "portal-leave"));
  }, [to]);
  if (!to || !blocked) return null;
  const link = { href: to, target: "portal-leave", onClick: () => setBlocked(false) };
  return h("p", { role: "alert", className: "leave-by-hand" }, h("a", link, "Continue in a new window"));
}

/** Tells the page that something changed elsewhere; what its own action changed it has shown. */
export function Follow({ stamp, busy, onNews }) {
  const seen = useRef(stamp);
  const worked = useRef(false);
  useEffect(() => {
    if (stamp !== seen.current && seen.current >= 0 && stamp >= 0 && !worked.current) onNews();
    seen.current = stamp;
    worked.current = Boolean(busy);
  }, [stamp, busy]);
  return null;
}

/** In a storefront's frame: the talk with the page around it, whose script is loaded there only. */
export function FrameBridge(props) {
  const [Bridge, setBridge] = useState(null);
  useEffect(() => {
    if (window.portalFrame) import("./frame.js").then((script) => setBridge(() => script.Bridge));
  }, []);
  return Bridge ? h(Bridge, props) : null;
}
