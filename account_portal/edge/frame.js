// Stands before all other scripts of a page in a storefront's frame (see built.py).
const { parent } = window;
document.currentScript.remove(); // or React takes it for a script of its own
// Opened by itself, a page is shown as it is everywhere else.
if (parent === window) {
  // One slash: with two it would be another host's address.
  const path = location.pathname.replace(/^\/embed\/*/, "/");
  location.replace(path + location.search + location.hash);
  return;
}
// What is kept for this storefront until its tab is closed. Browsers may block it altogether.
const kept = (() => {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
})();
// Of what pages themselves keep, frames of one page have a state of their own each.
["localStorage", "sessionStorage"].forEach(replaceStorage);
sessionStorage.setItem("token", newToken());

// What the widget wrote on the frame; it lasts while the frame goes from page to page.
let told = {};
try {
  told = JSON.parse(window.name).portal ?? {};
} catch {
  // another storefront's own frame, without the widget
}
const root = document.documentElement;
const PROOF = `portal-proof ${told.host ?? ""}`;
const heard = [];
const KNOWN_WITHIN = 4000; // ms: then the page goes on as nobody's, until its storefront has answered
let connects; // lets the page's connection begin
let isWaiting = Boolean(told.vouched);
const frame = {
  host: told.host ?? "",
  kind: told.vouched ? "vouched" : "plain",
  locale: "",
  // What the page holds in place of a cookie. Where nobody vouches anew at each load it is kept for
  // the tab: some browsers, WebKit for one, keep no cookie for a frame.
  proof: (!told.vouched && kept?.getItem(PROOF)) || "",
  // What the page says of itself when it connects; see ui/arrivals.py.
  introduction: () => ({ frame: frame.kind, origin: frame.host, proof: frame.proof }),
  known: new Promise((done) => {
    connects = () => {
      isWaiting = false;
      done();
    };
    if (isWaiting) setTimeout(connects, KNOWN_WITHIN);
    else connects();
  }),
  // Posts to the storefront's page and to no other that might have taken its place.
  tell: (type, more = {}) => frame.host && parent.postMessage({ portal: 1, type, ...more }, frame.host),
  // Messages wait for the page's script.
  hear: (message) => heard.push(message),
  listen(hear) {
    frame.hear = hear;
    heard.splice(0).forEach(hear);
  },
  dress({ theme, accent, locale, auto }) {
    localStorage.setItem("theme", ["light", "dark"].includes(theme) ? theme : "system");
    root.toggleAttribute("data-auto", !!auto);
    try {
      frame.locale = locale ? Intl.getCanonicalLocales(locale)[0] : "";
    } catch {
      frame.locale = "";
    }
    document.getElementById("accent")?.remove();
    if (!/^#[0-9a-f]{6}$/i.test(accent ?? "")) return;
    const link = Object.assign(document.createElement("link"), { id: "accent", rel: "stylesheet" });
    link.href = "/theme.css?accent=" + encodeURIComponent(accent);
    document.head.append(link);
  },
  // Signs this frame in; the page's next connection is its customer's.
  async enter(form, fields) {
    const response = await fetch("/api/session/" + form, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ ...fields, origin: frame.host }),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.message), { code: answer.code });
    frame.proof = answer.content.proof;
    if (frame.kind === "plain") kept?.setItem(PROOF, frame.proof);
  },
  forget() {
    frame.proof = "";
    kept?.removeItem(PROOF);
  },
};

/** What the storefront's word comes to: its customer is signed in, or nobody is, or it can't tell. */
async function settle({ type, token }) {
  try {
    if (token) await frame.enter("vouch", { assertion: token });
    if (type === "token-failed") frame.kind = "plain"; // whoever was signed in here goes on
    return { admits: type === "token-failed" || Boolean(token) };
  } catch (error) {
    return { admits: false, error };
  }
}
window.portalFrame = frame;
root.classList.add("framed");
frame.dress(told);
addEventListener("message", async ({ source, origin, data }) => {
  if (source !== parent || origin !== frame.host || data?.portal !== 1) return;
  if (data.type !== "token" && data.type !== "token-failed") {
    frame.hear(data);
    return;
  }
  // The storefront's word is taken to the server at once: the page's script is still on its way.
  const settled = await settle(data);
  const isFirst = isWaiting;
  connects();
  if (!isFirst || !settled.admits) frame.hear({ ...data, ...settled });
});
frame.tell("hello");
