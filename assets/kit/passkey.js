import { createElement as h, useEffect, useRef, useState } from "react";
import { goOn, post } from "./sign-in.js";

const RENEWED_AFTER = 4 * 60_000; // a challenge lives five minutes

export const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

export const toText = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const known = (credential) => ({ ...credential, id: toBytes(credential.id) });

/** What the server asks for in JSON, as browsers take it. Those of before 2025 can't read it. */
export const read = ({ challenge, user, excludeCredentials, allowCredentials, ...rest }) => ({
  ...rest,
  challenge: toBytes(challenge),
  ...(user && { user: { ...user, id: toBytes(user.id) } }),
  ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(known) }),
  ...(allowCredentials && { allowCredentials: allowCredentials.map(known) }),
});

const SAID = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

/** A credential as JSON. */
export function written({ id, rawId, type, response }) {
  const said = {};
  for (const name of SAID) if (response[name]) said[name] = toText(response[name]);
  if (response.getTransports) said.transports = response.getTransports();
  return { id, rawId: toText(rawId), type, response: said };
}

const CODES = {
  AbortError: "passkey_cancelled",
  NotAllowedError: "passkey_cancelled",
  InvalidStateError: "passkey_exists",
  SecurityError: "passkeys_not_available",
};

/** Why it failed: the server's answer, or a code for what the browser said. */
const failure = (error) =>
  error.code && error.fields ? error : { code: CODES[error.name] ?? "passkey_failed", fields: {}, retry_after: 0 };

const isNumber = (host) => /^[\d.]+$|^\[/.test(host);
const areThere = () => "PublicKeyCredential" in window && window.isSecureContext && !isNumber(location.hostname);

/** Around a button that uses a passkey; where there are none, it is gone. The server is asked at
 *  `${action}-options` and answered at `action`; signed in, the page is left, or goes on if it is the `customer`'s.
 *  With `autofill` the browser also offers passkeys in the field that asks for `webauthn`. */
export function PasskeyUse({ action, next, customer, autofill, children, onStart, onDone, onAgain, onFailed, ...rest }) {
  const [shown, setShown] = useState(true);
  const waiting = useRef(null); // a browser answers one request at a time
  const latest = useRef();
  latest.current = { next, customer, onStart, onDone, onAgain, onFailed };

  const enter = async ({ passkey_token, options }, credential) => {
    const { next, customer, onDone, onAgain } = latest.current;
    const fields = { passkey_token, credential: JSON.stringify(written(credential)), next: next ?? "" };
    try {
      const answer = await post(action, new URLSearchParams(fields));
      if (answer.customer) await goOn(answer, customer, onAgain);
      else onDone?.();
    } catch (error) {
      if (error.code === "passkey_unknown")
        PublicKeyCredential.signalUnknownCredential?.({ rpId: options.rpId, credentialId: credential.id });
      throw error;
    }
  };
  const ask = () => post(`${action}-options`, new URLSearchParams());
  const press = async () => {
    waiting.current?.abort();
    latest.current.onStart?.("passkey");
    try {
      const begun = await ask();
      await enter(begun, await navigator.credentials.get({ publicKey: read(begun.options) }));
    } catch (error) {
      latest.current.onFailed?.(failure(error));
    }
  };
  useEffect(() => {
    if (!areThere()) {
      setShown(false);
      return;
    }
    if (!autofill) return;
    let clock;
    const offer = async () => {
      const control = (waiting.current = new AbortController());
      const { signal } = control;
      const begun = await ask();
      if (signal.aborted) return;
      clock = setTimeout(() => (control.abort(), offer()), RENEWED_AFTER);
      const publicKey = read(begun.options);
      const credential = await navigator.credentials
        .get({ publicKey, mediation: "conditional", signal })
        .finally(() => clearTimeout(clock));
      latest.current.onStart?.("passkey");
      await enter(begun, credential).catch((error) => latest.current.onFailed?.(failure(error)));
    };
    const begin = async () => {
      if (await PublicKeyCredential.isConditionalMediationAvailable?.()) await offer();
    };
    begin().catch(() => {}); // the button is there all the same
    return () => (clearTimeout(clock), waiting.current?.abort());
  }, []);
  return shown ? h("div", { ...rest, onClick: press }, children) : null;
}

/** Around a button that makes a passkey of what the server asks for. Called by the press itself:
 *  some browsers make none later. */
export function PasskeyMaker({ options, children, onStart, onMade, onFailed, ...rest }) {
  const press = async () => {
    onStart?.();
    try {
      if (!areThere()) throw { name: "SecurityError" };
      onMade?.(written(await navigator.credentials.create({ publicKey: read(options) })));
    } catch (error) {
      onFailed?.(failure(error));
    }
  };
  return h("div", { ...rest, onClick: press }, children);
}
