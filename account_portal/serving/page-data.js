// What the server found for this page, and wrote into it (see edge/pages.py).
//
// The server draws the page with it and the browser's React begins with the same: it takes over what
// is there and changes nothing. The websocket then says what it always says, all in one step.

import { flushSync } from "react-dom";

/** `{state, later, holds}`: values by part of the state, those in `later` not drawn; `holds` when they
 *  are what the websocket is about to say. Where pages are drawn there is one for each of them
 *  (see drawing.mjs). */
let read;
const pageData = () => globalThis.pageData ?? (read ??= takeBlock());

function takeBlock() {
  const block = globalThis.document?.getElementById("page-data");
  block?.remove();
  return block ? JSON.parse(block.textContent) : {};
}

let begun = {};
let begunWith;
/** The state that the page begins with: what it was built with, and over it what was found. */
export function beginning(initialState) {
  const found = pageData();
  if (begunWith !== found) {
    begunWith = found;
    begun = { ...initialState };
    for (const [part, values] of Object.entries(found.state ?? {})) {
      if (part in begun) begun[part] = { ...begun[part], ...values };
    }
  }
  return begun;
}

let held = null; // what has to wait until the websocket has brought the page's state, in order

/**
 * Show what the page was not drawn with, as soon as React has taken it over.
 *
 * Called from a layout effect. By itself React would first paint the empty page once more, and only
 * then let its parts hear of changes: on a slow phone a quarter of a second.
 */
export function showFirstData(dispatch) {
  const { later, holds } = pageData();
  read = {}; // once a page
  if (holds) held = [];
  if (!later) return;
  queueMicrotask(() =>
    flushSync(() => {
      for (const [part, values] of Object.entries(later)) dispatch[part]?.(values);
    }),
  );
}

/**
 * Whether an action has to wait: then it is kept and done later.
 *
 * The server begins with the state it kept of this tab, perhaps of an older page, and loads the data
 * after that. Shown step by step the page would flicker; an event sent in between would be forgotten.
 */
export function waits(action) {
  held?.push(action);
  return held !== null;
}

/** Do what waited, in one step, when an update says that the page's state has been loaded. */
export function release(update, stateName) {
  if (!held || update.delta?.[stateName]?.is_hydrated_rx_state_ !== true) return;
  const actions = held;
  held = null;
  isCatchingUp = true;
  for (const action of actions) action();
  isCatchingUp = false;
}

let isCatchingUp = false;

/**
 * Show what one word of the server changes before the next is heard.
 *
 * Of two that come at once React would draw only what both come to: a dialog that was closed and opened
 * again had never been closed, and one that was closed by the browser stayed so.
 */
export function show(change) {
  if (isCatchingUp) change();
  else flushSync(change);
}
