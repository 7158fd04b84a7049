import { createElement as h, useEffect, useState } from "react";
import { connectAnew } from "$/utils/connection";

const PHONE = /^\+?[\d\s().\-/]{3,}$/;

/** What the server answers to a form; throws `{ code, fields, retry_after }` when it is no. */
export async function post(target, body) {
  let response, told;
  try {
    response = await fetch(target, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    told = await response.json();
  } catch {
    throw { code: "offline", fields: {}, retry_after: 0 };
  }
  if (response.ok) return told.content;
  throw {
    code: told.code,
    fields: told.error ?? {},
    retry_after: Number(response.headers.get("Retry-After")) || 0,
  };
}

/** Signed in: the next page is loaded, or, over a page of the same customer, that one goes on. */
export async function goOn(answer, customer, onAgain) {
  if (!customer) window.location.assign(answer.next);
  else if (answer.customer !== customer) window.location.reload();
  else {
    await connectAnew(); // with the new cookie
    onAgain?.();
  }
}

/** A form of sign-in. Without script the browser sends it by itself; with script it is sent by
 *  fetch, so that what was typed stays where it is when the answer is no.
 *
 *  A button with `formaction` sends to another place. `data-contact` on the form says what kind of
 *  contact is typed into it (`email` or `phone`), for the buttons that depend on it. */
export function SentForm({ action, customer, children, onStart, onDone, onAgain, onFailed, ...rest }) {
  const [kind, setKind] = useState("email");
  const submit = async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const button = event.nativeEvent.submitter;
    const body = new URLSearchParams(new FormData(form, button));
    const target = button?.getAttribute("formaction") ?? action;
    onStart?.(target.split("/").pop());
    let answer;
    try {
      answer = await post(target, body);
    } catch (failure) {
      onFailed?.(failure);
      return;
    }
    if (!answer.customer)
      onDone?.({
        contact: body.get("contact") ?? "",
        channel: answer.channel ?? body.get("channel") ?? "", // the code sent before took another way
        wait: answer.wait ?? 0,
        second: answer.second ?? null, // another proof has to follow
      });
    else await goOn(answer, customer, onAgain);
  };
  const look = (event) => {
    if (event.target.name === "contact") setKind(PHONE.test(event.target.value.trim()) ? "phone" : "email");
  };
  return h(
    "form",
    { ...rest, action, method: "post", "data-contact": kind, onSubmit: submit, onInput: look, onFocus: look },
    children,
  );
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Counts down from `seconds`, anew for each `stamp`, then says so. */
export function Countdown({ seconds, stamp, label, onEnd }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = performance.now() + seconds * 1000;
    setLeft(seconds);
    if (seconds <= 0) return;
    const ticking = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      setLeft(rest);
      if (rest > 0) return;
      clearInterval(ticking);
      onEnd?.();
    }, 250);
    return () => clearInterval(ticking);
  }, [seconds, stamp]);
  return left > 0 ? h("span", { className: "tabular-nums" }, `${label} ${clock(left)}`) : null;
}
