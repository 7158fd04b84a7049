// What a page says of itself inside its connection, never in an address, and how it connects anew.

/** Names this page, until it is loaded anew: what it keeps while nobody is signed in is its own. */
const page = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What the connection begins with, and each upload brings along; the token names the tab. */
export const introduction = (token) => ({ token, page, ...window.portalFrame?.introduction() });

/** Call `begin` once it is known who a frame is for: its storefront is asked meanwhile. */
export const whenKnown = (begin) => {
  if (window.portalFrame) window.portalFrame.known.then(begin);
  else begin();
};

let connection = { current: null };
/** Told of the page's connection when it is made. */
export const keepConnection = (socket) => {
  connection = socket;
};

/** Connect anew: with the cookie or the proof that the browser has by now. */
export async function connectAnew() {
  const socket = connection.current;
  if (!socket) return; // what is still to be made will have it
  // The page's state is let go of first, or the new connection would be taken for another tab's.
  if (socket.connected) await socket.timeout(2000).emitWithAck("leave").catch(() => {});
  const back = new Promise((done) => socket.once("connect", done));
  socket.disconnect();
  socket.wait_connect = false;
  socket.reconnect();
  await back;
}
