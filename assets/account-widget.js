/* <account-portal>: the account area inside a storefront. Own code, no framework, no global but the
 * element. What it takes and tells is in docs/embedding.md. */
(() => {
  if (customElements.get("account-portal")) return;
  const HOME = document.currentScript?.src;
  const NAMES = { home: "", dashboard: "", rewards: "loyalty" };
  const HELLO_WITHIN = 15000; // ms
  const LOADED_WITHOUT_HELLO = 4000; // ms: a page of the browser's own, or one that may not be framed
  const all = new Set();
  // The page's own scripts have run, and with them whoever listens to the widget has said so.
  const parsed = new Promise((done) => {
    if (performance.getEntriesByType("navigation")[0]?.domContentLoadedEventEnd) done();
    else document.addEventListener("DOMContentLoaded", done, { once: true });
  });

  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { display: block; position: relative; block-size: 40rem; contain: content; }
    :host([hidden]) { display: none; }
    :host([height=auto]) { block-size: auto; min-block-size: 36rem; }
    iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; background: none; color-scheme: auto; }
    :host([height=auto]) iframe { min-block-size: inherit; }
    .over { position: absolute; inset: 0; display: grid; align-content: start; gap: 1rem; padding: 1rem; box-sizing: border-box; font: 1rem/1.5 system-ui, sans-serif; pointer-events: none; }
    .over i { block-size: 6rem; border-radius: 10px; background: rgb(128 128 128 / .16); }
    .over i:first-child { block-size: 2rem; inline-size: 14rem; max-inline-size: 60%; }
    .ready .over, .failed i, .over div { display: none; }
    .failed iframe { visibility: hidden; }
    .failed .over { pointer-events: auto; }
    .failed .over div { display: grid; justify-items: start; gap: .75rem; }
    .loading iframe { opacity: 0; }
    button { font: inherit; padding: .5rem 1rem; cursor: pointer; }`);

  const make = (tag, props, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  class AccountPortal extends HTMLElement {
    static observedAttributes = ["page", "theme", "accent", "locale", "height"];

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
      this._hear = this._hear.bind(this);
      this._look = () => (this._frame ||= requestAnimationFrame(() => this._view()));
    }

    connectedCallback() {
      this._portal = new URL(this.getAttribute("portal") || HOME).origin;
      all.add(this);
      addEventListener("message", this._hear);
      addEventListener("scroll", this._look, { capture: true, passive: true });
      addEventListener("resize", this._look, { passive: true });
      this._begin();
    }

    disconnectedCallback() {
      all.delete(this);
      removeEventListener("message", this._hear);
      removeEventListener("scroll", this._look, { capture: true });
      removeEventListener("resize", this._look);
      clearTimeout(this._clock);
      this.shadowRoot.replaceChildren();
      this._iframe = null;
    }

    attributeChangedCallback(name, before, now) {
      if (!this._iframe || before === now) return;
      if (name === "page") this.open(now);
      else {
        this._write();
        this._post("dress", this._looks());
        if (name === "height") this._size();
      }
    }

    /** Shows a page: "orders", "orders/1001", "returns", "addresses", "profile", … */
    open(page) {
      const path = this._path(page);
      if (this._met) this._post("open", { path: path || "/" });
      else if (this._iframe) this._iframe.src = this._portal + "/embed" + path;
    }

    /** Asks anew who is signed in at the storefront, and shows the present state of things. */
    refresh() {
      if (this._state === "failed") return this._begin();
      if (this.hasAttribute("token-url")) return this._word("refresh");
      this._post("refresh");
    }

    _begin() {
      this._met = false;
      this._at = null;
      const page = this._path(this.getAttribute("page"));
      if (!this.hasAttribute("role")) this.setAttribute("role", "region");
      if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", "Your account");
      const title = this.getAttribute("aria-label");
      this._iframe = make("iframe", { title, allow: "clipboard-write" });
      const again = make("button", { type: "button", textContent: "Try again", onclick: () => this._begin() });
      const link = make("a", { href: this._portal + (page || "/"), target: "_blank", rel: "noopener", textContent: "Open your account in a new window" });
      const words = make("p", { textContent: "Your account can’t be shown here just now." });
      this._sorry = make("div", {}, words, again, link);
      const over = make("div", { className: "over" }, make("i"), make("i"), make("i"), make("i"), this._sorry);
      this._box = make("div", {}, this._iframe, over);
      this._box.style.cssText = "block-size: inherit; min-block-size: inherit";
      this._turn("loading");
      this._write();
      this._iframe.onload = () => this._met || this._within(LOADED_WITHOUT_HELLO);
      this._iframe.src = this._portal + "/embed" + page;
      this.shadowRoot.replaceChildren(this._box);
      this._within(HELLO_WITHIN);
      if (this.hasAttribute("token-url")) this._asked = this._ask();
    }

    _within(time) {
      clearTimeout(this._clock);
      this._clock = setTimeout(() => {
        this._turn("failed");
        this._sorry.setAttribute("role", "alert");
        this._tell("error", { code: "unreachable", message: `${this._portal} doesn’t answer, or PORTAL_EMBED_ORIGINS lacks ${location.origin}.` });
      }, time);
    }

    _turn(state) {
      this._state = this._box.className = state;
      this.setAttribute("aria-busy", state === "loading");
    }

    _path(page) {
      const name = (page ?? "").replace(/^\/|\/$/g, "");
      if (!/^[\w\-./~%]*(\?[^#\s]*)?$/.test(name) || /^\/|\/\/|(^|\/)\.\.?(\/|$)/.test(name)) {
        this._tell("error", { code: "unknown-page", message: `“${page}” is no page.` });
        return "";
      }
      const known = NAMES[name] ?? name;
      return known && "/" + known;
    }

    _looks() {
      const of = (name) => this.getAttribute(name);
      // A page that says nothing of colours is a light one.
      const schemes = getComputedStyle(this).colorScheme;
      const own = !schemes.includes("dark") ? "light" : schemes.includes("light") ? "system" : "dark";
      return { theme: of("theme") || own, accent: of("accent"), locale: of("locale"), auto: of("height") === "auto" };
    }

    /** What the frame must know before its first script: it reads its own name. */
    _write() {
      const portal = { host: location.origin, vouched: this.hasAttribute("token-url"), ...this._looks() };
      this._iframe.name = JSON.stringify({ portal });
    }

    _post(type, more) {
      this._iframe?.contentWindow?.postMessage({ portal: 1, type, ...more }, this._portal);
    }

    /** Tells the page; false when it stopped the event. */
    async _tell(name, detail = {}) {
      await parsed;
      // An error that rises to the window would look like one of the page's own scripts.
      return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: name !== "error", composed: true, cancelable: name === "signin-required" }));
    }

    /** Asks the storefront's server to vouch: a token, null (nobody is signed in), or undefined. */
    async _ask() {
      try {
        const answer = await fetch(this.getAttribute("token-url"), { method: "POST", credentials: "include", headers: { Accept: "application/json" } });
        if ([204, 401, 403].includes(answer.status)) return null;
        if (answer.ok) return (await answer.json()).token ?? null;
      } catch {
        // no answer: whoever was signed in here goes on
      }
    }

    /** Takes the server's word to the frame: at its first hello, when it asked, or to refresh it. */
    async _word(why) {
      const token = await (this._asked ?? (this.hasAttribute("token-url") ? this._ask() : null));
      this._asked = null;
      const again = why !== "hello";
      if (token === undefined) this._post("token-failed", { again });
      // A storefront that signs its customers in by itself stops the event, and then calls refresh().
      else if (token || why === "refresh" || (await this._tell("signin-required"))) this._post("token", { token, again });
    }

    _hear({ source, origin, data }) {
      if (!this._iframe || source !== this._iframe.contentWindow || origin !== this._portal || data?.portal !== 1) return;
      const { type } = data;
      if (type === "hello") {
        this._met = true;
        clearTimeout(this._clock);
        if (this._state === "failed") this._turn("loading");
        // A frame that says nothing more shows at least what it has.
        this._clock = setTimeout(() => this._turn("ready"), HELLO_WITHIN);
        this._look();
        if (this.hasAttribute("token-url")) this._word("hello");
      } else if (type === "ready") {
        clearTimeout(this._clock);
        this._turn("ready");
        this._tell("ready", { page: data.path.slice(1) || "home" });
      } else if (type === "size") {
        this._height = data.height;
        this._size();
      } else if (type === "navigate") {
        const moved = this._at !== null && this._at !== data.path;
        this._at = data.path;
        if (moved && this._iframe.getBoundingClientRect().top < 0) this.scrollIntoView();
        this._tell("navigate", { page: data.path.slice(1) || "home", title: data.title });
      } else if (type === "signin-required") this._word("asked");
      else if (type === "entered") this._others("reload");
      else if (type === "event") {
        if (data.name === "signout") this._others("leave");
        this._tell(data.name, data.detail);
      } else if (type === "error") this._tell("error", { code: data.code, message: data.message });
    }

    _others(type) {
      for (const other of all) if (other !== this && other._portal === this._portal) other._post(type);
    }

    _size() {
      const auto = this.getAttribute("height") === "auto";
      this._iframe.style.blockSize = auto && this._height ? this._height + "px" : "";
      this._look();
    }

    /** Which part of a tall frame is in sight: its dialogs open there. */
    _view() {
      this._frame = 0;
      if (!this._met || this.getAttribute("height") !== "auto") return;
      const { top, height } = this._iframe.getBoundingClientRect();
      const from = Math.max(0, -top);
      this._post("view", { top: from, height: Math.max(0, Math.min(height, innerHeight - top) - from) });
    }
  }

  customElements.define("account-portal", AccountPortal);
})();
