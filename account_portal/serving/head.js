// Runs in the head of each page, before the scripts of the build have arrived.

// A browser that blocks storage in frames throws at the mere mention of it, and no page would start.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].getItem("");
  } catch {
    replaceStorage(name);
  }
}

// The name of the tab.
if (!sessionStorage.getItem("token")) sessionStorage.setItem("token", newToken());

// The page's websocket is opened while the scripts load: two round trips less until data is shown.
// Whoever then opens the same socket is given this one, with what it has heard so far.
(() => {
  if (document.visibilityState === "hidden") return;
  const url = location.origin.replace(/^http/, "ws") + "SOCKET_PATH/?EIO=4";
  const Plain = window.WebSocket;
  const early = new Plain(url + "\u0026transport=websocket", ["REFLEX_VERSION"]);
  const heard = [];
  let given = false;
  early.onmessage = (event) => heard.push(event);
  window.WebSocket = new Proxy(Plain, {
    construct(_, [wanted, protocols]) {
      const fits = String(wanted).startsWith(url);
      if (given || !fits || early.readyState > Plain.OPEN) return new Plain(wanted, protocols);
      given = true;
      early.onmessage = null;
      if (early.readyState === Plain.OPEN) {
        setTimeout(() => {
          early.onopen?.(new Event("open"));
          for (const event of heard) early.onmessage?.(event);
        });
      }
      return early;
    },
  });
})();

// What is drawn can be pressed before its script runs. A press is kept until then, and done; what works
// without script (links, and forms with an address to be sent to) goes its way.
const kinds = ["click", "submit", "change"];
const early = [];
const worksAlone = (form) => form?.hasAttribute("action");
const keep = (event) => {
  const { target, type } = event;
  if (type === "change") {
    if (target.matches("select")) early.push(() => target.dispatchEvent(new Event(type, { bubbles: true })));
    return;
  }
  const pressed = target.closest?.("button, input[type=checkbox], input[type=radio]");
  if (type === "submit") {
    if (worksAlone(target)) return;
    early.push(() => target.requestSubmit(event.submitter));
  } else {
    if (!pressed || (pressed.type !== "button" ? worksAlone(pressed.form) : false)) return;
    early.push(() => pressed.click());
  }
  event.preventDefault();
  event.stopPropagation();
};
for (const kind of kinds) addEventListener(kind, keep, true);
window.portalAlive = () => {
  for (const kind of kinds) removeEventListener(kind, keep, true);
  for (const press of early.splice(0)) press();
};

// A button at work keeps the focus, so it is not disabled: a press on it, also one that Enter in a field
// makes, comes to nothing here.
const rest = (event) => {
  if (!event.target.closest?.("button[aria-busy=true]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};
addEventListener("click", rest, true);

// The first amount and the first date take a slow phone a quarter of a second, most of it to read the
// words of its language. That is done while it waits for the scripts.
(self.requestIdleCallback ?? setTimeout)(() => {
  const { language } = navigator;
  try {
    new Intl.NumberFormat(language, { style: "currency", currency: "USD" }).format(0);
    const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
    dates.format();
    // The next page is drawn in the browser's own time zone.
    const zone = "portal-zone=" + dates.resolvedOptions().timeZone;
    if (!document.cookie.split("; ").includes(zone)) {
      document.cookie = zone + "; path=/; max-age=31536000; samesite=lax";
    }
  } catch {
    // "C" is no language; the page takes another one
  }
});
