// The first data of a page, which the server wrote into it (see edge/first_data.py): shown at once,
// without waiting for the websocket. The websocket then says what it always says, all in one step.

import { flushSync } from "react-dom";

let held = null; // what has to wait until the websocket has brought the page's state, in order

/**
 * Show what was written into the page, as soon as React has taken the page over.
 *
 * Called from a layout effect. By itself React would first paint the empty page once more, and only
 * then let its parts hear of changes: on a slow phone a quarter of a second.
 */
export function showFirstData(dispatch) {
  const block = document.getElementById("first-data");
  if (!block) return;
  block.remove();
  held = [];
  const data = Object.entries(JSON.parse(block.textContent));
  queueMicrotask(() =>
    flushSync(() => {
      for (const [substate, values] of data) dispatch[substate]?.(values);
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
  for (const action of actions) action();
}
