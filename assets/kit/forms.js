import { createElement as h, useEffect, useId, useRef, useState } from "react";
import { Icon } from "./icon.js";
import { showAnswer, useOwnErrors } from "./own-errors.js";

const REPEAT_MS = 3000; // within this time the same content is the same press, seen twice

/** Stands in a form: reads failures out, moves to the first one, and swallows a second submit.
 *  `errors` is `{field: text}`; `busy` is true while the answer is awaited. */
export function FormGuard({ errors, labels, busy, title, className = "" }) {
  const ref = useRef(null);
  const sent = useRef(0);
  const waited = useRef(false);
  const faults = Object.entries(errors ?? {}).filter(([, text]) => text?.length);
  const told = JSON.stringify(faults);
  useOwnErrors(ref); // first: what is not sent is no press that counts

  useEffect(() => {
    const form = ref.current.closest("form");
    const once = (event) => {
      const now = Date.now();
      if (now - sent.current < REPEAT_MS) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else sent.current = now;
    };
    const changed = () => (sent.current = 0); // other content is another request
    form?.addEventListener("submit", once, true);
    form?.addEventListener("input", changed);
    return () => {
      form?.removeEventListener("submit", once, true);
      form?.removeEventListener("input", changed);
    };
  }, []);

  useEffect(() => {
    if (waited.current && !busy) sent.current = 0; // answered: the same may be sent again
    waited.current = Boolean(busy);
  }, [busy]);

  useEffect(() => {
    if (faults.length) sent.current = 0; // refused: also when `busy` came and went between two frames
  }, [told]);

  useEffect(() => {
    if (!busy) showAnswer(ref.current.closest("form"));
  }, [errors, busy]);

  useEffect(() => {
    if (busy || !faults.length) return;
    // After the fields have been drawn with their errors.
    const frame = requestAnimationFrame(() => {
      const form = ref.current?.closest("form");
      form?.querySelector('[aria-invalid="true"]')?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [told, busy]);

  // The form as a whole (`_`) is told by the alert above the fields.
  const words = faults.filter(([field]) => field !== "_").map(([field, text]) => {
    const label = labels?.[field];
    const line = Array.isArray(text) ? text.join(" ") : text;
    return label ? `${label}: ${line}` : line;
  });
  return h(
    "div",
    { ref, role: "alert", className },
    words.length > 0 && [h("p", { key: "t" }, title), h("ul", { key: "l" }, words.map((w) => h("li", { key: w }, w)))],
  );
}

/** A select whose value the server keeps: a choice stands at once, not when the answer is back, and
 *  a form that is sent meanwhile says it. What the server says later, once it changes, stands. */
export function HeldSelect({ value, onChange, ...rest }) {
  const [told, setTold] = useState(value);
  const [own, setOwn] = useState(value);
  if (value !== told) {
    setTold(value);
    setOwn(value);
  }
  const choose = (event) => {
    setOwn(event.target.value);
    onChange?.(event);
  };
  return h("select", { ...rest, value: own, onChange: choose });
}

/** The same for a checkbox or a radio button. The browser holds what is chosen, as only it knows
 *  that one radio button turns off the others. */
export function HeldTick({ checked, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    ref.current.checked = checked;
  }, [checked]);
  return h("input", { ...rest, ref, defaultChecked: checked });
}

const MARKS = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/];
const WORDS = ["Too short", "Weak", "Fair", "Good", "Strong"];

/** 0 to 4. Length counts most; many kinds of characters help; repetition does not. */
export function strength(password, least) {
  if (password.length < least) return 0;
  const variety = new Set(password).size;
  const kinds = MARKS.filter((mark) => mark.test(password)).length;
  const length = variety + Math.min((password.length - variety) / 2, variety);
  const points = length + (kinds - 1) * 2;
  return points < 8 ? 1 : points < 12 ? 2 : points < 16 ? 3 : 4;
}

export function PasswordInput({ meter = false, least = 8, icons, className = "", onInput, ...rest }) {
  const [visible, setVisible] = useState(false);
  const [score, setScore] = useState(null);
  const meterId = useId();
  const input = (event) => {
    if (meter) setScore(event.target.value ? strength(event.target.value, least) : null);
    onInput?.(event);
  };
  const tone = ["bg-danger", "bg-danger", "bg-warn", "bg-success", "bg-success"][score ?? 0];
  return h(
    "div",
    { className: "grid gap-2" },
    h(
      "div",
      { className: "relative" },
      h("input", {
        ...rest,
        type: visible ? "text" : "password",
        className: `${className} pe-12`,
        autoCapitalize: "none",
        spellCheck: false,
        "aria-describedby": [rest["aria-describedby"], meter && meterId].filter(Boolean).join(" ") || undefined,
        onInput: input,
      }),
      h(
        "button",
        {
          type: "button",
          className:
            "absolute inset-y-0 end-0 grid w-11 place-items-center rounded-box text-muted hover:text-text",
          "aria-label": visible ? "Hide password" : "Show password",
          "aria-controls": rest.id,
          onClick: () => setVisible(!visible),
        },
        h(Icon, { d: visible ? icons.hide : icons.show }),
      ),
    ),
    meter &&
      h(
        "div",
        { id: meterId, className: "flex items-center gap-3 text-small text-muted" },
        h(
          "span",
          { className: "flex flex-1 gap-1", "aria-hidden": true },
          [1, 2, 3, 4].map((step) =>
            h("span", {
              key: step,
              className: `h-1 flex-1 rounded-full transition-colors ${score >= step ? tone : "bg-line"}`,
            }),
          ),
        ),
        h("span", { className: score === null ? "sr-only" : "min-w-20 text-end", role: "status" }, score === null ? "" : WORDS[score]),
      ),
  );
}

/** The digits of a text, those of other scripts (Arabic, full width) as 0 to 9. */
export function digitsOf(text) {
  return Array.from(text.normalize("NFKC"), digitOf).join("");
}

function digitOf(letter) {
  if (!/\p{Nd}/u.test(letter)) return "";
  // Unicode has the ten digits of a script in one row, the zero first.
  let digit = 0;
  const isDigit = (code) => /\p{Nd}/u.test(String.fromCodePoint(code));
  for (let code = letter.codePointAt(0) - 1; digit < 9 && isDigit(code); code -= 1) digit += 1;
  return digit;
}

/** Keeps digits only, so "123 456" or "Your code: 123-456" can be pasted as it came. */
export function CodeInput({ digits = 6, autoSubmit = false, onFilled, ...rest }) {
  const [caret, setCaret] = useState(0);
  const follow = (event) => setCaret(Math.min(event.target.selectionStart, digits - 1));
  const input = (event) => {
    const field = event.target;
    const clean = digitsOf(field.value).slice(0, digits);
    if (clean !== field.value) field.value = clean;
    follow(event);
    if (clean.length < digits) return;
    onFilled?.(clean);
    if (autoSubmit) field.form?.requestSubmit();
  };
  const boxes = Array.from({ length: digits }, (_, index) =>
    h("span", { key: index, className: index === caret ? "next" : undefined }),
  );
  return h(
    "div",
    { className: "code", style: { "--digits": digits } },
    h("div", { className: "code-boxes", "aria-hidden": true }, boxes),
    h("input", {
      ...rest,
      type: "text",
      inputMode: "numeric",
      autoComplete: "one-time-code",
      pattern: `[0-9]{${digits}}`,
      onInput: input,
      onSelect: follow, // the caret moves by arrow keys and by pointer, too
    }),
  );
}

const halves = Array.from({ length: 9 }, (_, step) => 1 + step / 2);
const STAR_WORDS = { 1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent" };
const starWord = (value) => STAR_WORDS[Math.floor(value)];

/** Nine radio buttons, 1 to 5 in halves, drawn as five stars: arrow keys, pointer and touch work. */
export function StarInput({ name, value = 0, star, label, required = false, size = 36, ...rest }) {
  const [chosen, setChosen] = useState(Number(value) || 0);
  const [pointed, setPointed] = useState(0);
  const prefix = useId();
  const row = () => [1, 2, 3, 4, 5].map((n) => h(Icon, { key: n, d: star, size }));
  const shown = pointed || chosen;
  return h(
    "div",
    { className: "flex flex-wrap items-center gap-x-4 gap-y-1" },
    h(
      "div",
      {
        role: "radiogroup",
        "aria-label": label,
        ...rest,
        className: "stars",
        style: { "--stars": shown },
        onMouseLeave: () => setPointed(0),
      },
      row(),
      h("span", { className: "stars-filled", "aria-hidden": true }, row()),
      h(
        "span",
        { className: "stars-choice" },
        halves.flatMap((half) => [
          h("input", {
            key: `i${half}`,
            id: `${prefix}${half}`,
            type: "radio",
            name,
            value: half,
            required,
            checked: chosen === half,
            className: "sr-only",
            onChange: () => setChosen(half),
          }),
          h(
            "label",
            { key: `l${half}`, htmlFor: `${prefix}${half}`, onMouseEnter: () => setPointed(half) },
            h("span", { className: "sr-only" }, half === 1 ? "1 star" : `${half} stars`),
          ),
        ]),
      ),
    ),
    h(
      "span",
      { className: "min-w-28 text-small text-muted", "aria-hidden": true },
      shown ? `${shown} · ${starWord(shown)}` : "Choose a rating",
    ),
  );
}
