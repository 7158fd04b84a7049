import { createElement as h, useEffect, useState } from "react";

const TRIES = 4;
const later = (ms) => new Promise((go) => setTimeout(go, ms));

/** Tells the frame that opened this window who signed in, and closes the window. The answer goes to
 *  a page of our own origin or to nobody: another site that opened this window learns nothing. A
 *  server that is busy is asked again: the frame would wait for ever. */
export function HandOver({ signIn, children }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    const answer = async () => {
      const response = await fetch("/api/session/hand-over", {
        method: "POST",
        headers: { Accept: "application/json" },
      });
      if (response.status === 401 || response.status === 403) {
        window.location.replace(signIn);
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const { content } = await response.json();
      window.opener?.postMessage({ portal: "hand-over", handover: content.handover }, location.origin);
      setDone(true);
      if (window.opener) window.close();
    };
    const persist = async () => {
      for (let left = TRIES; left > 0; left--) {
        try {
          return await answer();
        } catch {
          await later(1000);
        }
      }
      setDone(true);
    };
    persist();
  }, []);
  return h("div", { role: "status" }, done ? children : null);
}

/** Closes the window that `Leave` opened; another stays, and says what it says. */
export function CloseWindow() {
  useEffect(() => {
    if (window.name !== "portal-leave") return;
    const clock = setTimeout(() => window.close(), 1500);
    return () => clearTimeout(clock);
  }, []);
  return null;
}
