/* A page in a storefront's frame: its talk with the widget around it. Loaded in frames only.
 *
 * It tells: ready, navigate, size, signin-required, error, and what happened to the customer's
 * things. It is told: token, token-failed, open, refresh, dress, view, leave. `edge/frame.js` has
 * checked where a message comes from, and says where an answer may go. */
import { useContext, useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { connectAnew } from "$/utils/connection";
import { ColorModeContext } from "$/utils/context-registry";

const frame = window.portalFrame;
const WINDOW = "popup,width=460,height=720";

/** The height of what is shown: the page, or a dialog over it that is taller. */
function height() {
  const page = document.querySelector("[data-page]");
  const dialogs = [...document.querySelectorAll("dialog[open]")].map((one) => one.offsetHeight + 64);
  return Math.ceil(Math.max(page?.getBoundingClientRect().height ?? 0, ...dialogs));
}

function useSize() {
  useEffect(() => {
    let last = 0;
    const look = () => {
      const now = height();
      if (now && now !== last) frame.tell("size", { height: (last = now) });
    };
    const sizes = new ResizeObserver(look);
    const page = document.querySelector("[data-page]");
    if (page) sizes.observe(page);
    const dialogs = new MutationObserver(look);
    dialogs.observe(document.body, { subtree: true, childList: true, attributeFilter: ["open"] });
    look();
    return () => {
      sizes.disconnect();
      dialogs.disconnect();
    };
  }, []);
}

/** Told once a page's data is there, or the question to sign in. */
function useReady(path, gate) {
  const told = useRef("");
  useEffect(() => {
    const isShut = gate === "shut" || gate === "left";
    const look = () => {
      if (!isShut && (gate === "asking" || document.querySelector("main .bone"))) return false;
      const now = `${isShut} ${path}`;
      if (told.current !== now) frame.tell("ready", { path });
      told.current = now;
      return true;
    };
    if (look()) return;
    const watch = new MutationObserver(() => look() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [path, gate]);
}

/** A click on the button opens the portal's own window; when it has signed in it tells this frame. */
function useSignInWindow({ onAsk }) {
  useEffect(() => {
    const onClick = (event) => {
      const button = event.target.closest?.("[data-frame]");
      if (button?.dataset.frame === "window") frame.away = true;
      if (button?.dataset.frame !== "sign-in") return;
      if (frame.kind === "vouched") {
        event.preventDefault();
        onAsk();
      } else if (window.open(button.href, "portal-sign-in", WINDOW)) event.preventDefault();
      // Where windows are blocked the link opens a tab.
    };
    const onMessage = ({ origin, data }) => {
      if (origin !== location.origin || data?.portal !== "hand-over") return;
      frame.enter("frame", { handover: data.handover }).then(() => {
        enter();
        frame.tell("entered"); // other frames of the page need not ask
      }, report);
    };
    document.addEventListener("click", onClick);
    addEventListener("message", onMessage);
    return () => {
      document.removeEventListener("click", onClick);
      removeEventListener("message", onMessage);
    };
  }, []);
}

const report = (error) => frame.tell("error", { code: error.code ?? "offline", message: error.message });

let hasLeft = false; // who signed out is not signed in again unasked
const enter = () => {
  hasLeft = false;
  connectAnew();
};

export function Bridge({ gate, happened, onShut, onRefresh, onAsk, onLeave }) {
  const { setColorMode } = useContext(ColorModeContext);
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  const token = useRef(null); // an answer that came before the page knew it had to ask
  const asked = useRef(false);
  const path = pathname + search;

  const admit = ({ admits, error }) => {
    if (admits) enter();
    else if (error) {
      report(error);
      onShut();
    } else if (asked.current) onShut();
    else onLeave(); // the storefront's customer has left, and so has ours
  };

  useEffect(() => frame.tell("navigate", { path, title: document.title }), [path]);
  useSize();
  useReady(path, gate);
  useSignInWindow({ onAsk: () => ((hasLeft = false), onAsk()) });

  useEffect(() => {
    asked.current = gate === "asking";
    if (gate === "left") {
      hasLeft = true;
      frame.forget();
    }
    if (gate !== "asking") return;
    frame.forget(); // it opens nothing any more
    if (token.current) admit(token.current);
    else if (hasLeft) onShut();
    else frame.tell("signin-required");
    token.current = null;
  }, [gate]);

  useEffect(() => {
    // Back from a window of ours, where a payment was made or a contact changed.
    const back = () => {
      if (frame.away) onRefresh();
      frame.away = false;
    };
    window.addEventListener("focus", back);
    return () => window.removeEventListener("focus", back);
  }, []);

  useEffect(() => {
    if (happened?.stamp) frame.tell("event", { name: happened.name, detail: happened.detail });
  }, [happened?.stamp]);

  useEffect(() => {
    frame.listen((message) => {
      if (message.type === "token" || message.type === "token-failed") {
        // The first word may be here before the page has found out that it needs one.
        if (asked.current || message.again) admit(message);
        else token.current = message;
      } else if (message.type === "open") navigate(message.path);
      else if (message.type === "refresh") onRefresh();
      else if (message.type === "leave") onLeave();
      else if (message.type === "reload") window.location.reload();
      else if (message.type === "dress") {
        frame.dress(message);
        setColorMode(message.theme === "light" || message.theme === "dark" ? message.theme : "system");
      } else if (message.type === "view") {
        document.documentElement.style.setProperty("--view-top", `${message.top}px`);
        document.documentElement.style.setProperty("--view-height", `${message.height}px`);
      }
    });
  }, []);

  return null;
}
