import { createElement as h, useEffect, useRef, useState } from "react";
import { Icon } from "./icon.js";

// A dialling code is mostly right: of a phone number the rest is typed.
const FIELDS =
  "input:not([type=hidden], [hidden], :disabled), select:enabled:not([autocomplete=tel-country-code]), textarea:enabled";

// What was typed into dialogs that were left, by id: each with the values its form began with.
const drafts = new Map();
const begun = new WeakMap();

const KEPT = "input:not([type=hidden], [type=password], [type=file], [autocomplete=one-time-code]), select, textarea";
const isTick = (field) => field.type === "checkbox" || field.type === "radio";

/** Values of the fields of a dialog, by name; secrets are not among them. */
function values(dialog) {
  const found = {};
  for (const field of dialog.querySelectorAll(KEPT)) {
    if (!field.name) continue;
    const name = field.type === "radio" ? `${field.name} ${field.value}` : field.name;
    found[name] = isTick(field) ? field.checked : field.value;
  }
  return found;
}

/** Keeps what was typed when a dialog is left without being sent. */
function keepDraft(dialog) {
  const before = begun.get(dialog);
  const now = JSON.stringify(values(dialog));
  if (before && now !== before) drafts.set(dialog.id, { before, now });
}

/** Puts back what was typed, if the form begins as it did then: it is about the same thing. */
function restoreDraft(dialog) {
  const start = JSON.stringify(values(dialog));
  begun.set(dialog, start);
  const draft = drafts.get(dialog.id);
  if (!draft) return;
  drafts.delete(dialog.id);
  if (draft.before !== start) return;
  const typed = JSON.parse(draft.now);
  for (const field of dialog.querySelectorAll(KEPT)) {
    const value = typed[field.type === "radio" ? `${field.name} ${field.value}` : field.name];
    if (value === undefined || value === (isTick(field) ? field.checked : field.value)) continue;
    if (isTick(field)) {
      if (value || field.type === "checkbox") field.click();
    } else {
      // React hears of a change only if it did not see the value being set.
      const kind = Object.getPrototypeOf(field);
      Object.getOwnPropertyDescriptor(kind, "value").set.call(field, value);
      field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
    }
  }
}

const HABIT = 1000; // ms

/** The sixth digit of a code sends it; who presses Enter all the same means that, and not what has the focus next. */
function swallowEnter() {
  const stop = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", stop, true);
  setTimeout(() => document.removeEventListener("keydown", stop, true), HABIT);
}

/** What opened a dialog may be gone by what was done in it, such as a deletion: then the page's heading has the focus. */
function placeFocus() {
  requestAnimationFrame(() => {
    const { activeElement } = document;
    // A button of the closed dialog has it until the browser has drawn the page again.
    const isGone = activeElement === document.body || activeElement?.closest("dialog:not([open])");
    if (activeElement && !isGone) return;
    const heading = document.querySelector("main h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
  });
}

/** Opens it with the focus in its first field, or on its title: never on the button that closes it. */
function show(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  restoreDraft(dialog);
  const field = matchMedia("(pointer: coarse)").matches ? null : dialog.querySelector(FIELDS);
  (field ?? dialog.querySelector("h2"))?.focus();
}

/* A button with `data-opens="id"` opens the dialog of that id without asking the server; one with
 * `data-closes` closes the dialog it stands in. One listener serves the whole document. */
function onClick(event) {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) show(document.getElementById(opener.dataset.opens));
  event.target.closest?.("[data-closes]")?.closest("dialog")?.close();
}

/** The native dialog, opened by a state var (`open`) or by a button (`data-opens`).
 *  Focus trap, Esc and the return of focus are the browser's. What a state opens is drawn when it is
 *  first opened, and then stays: most are never opened, and would be a third of a page. */
export function Dialog({ open, onClose, dismissable = true, children, ...rest }) {
  const ref = useRef(null);
  const left = useRef(false); // by Esc or a press beside it, which may have been a slip
  const known = useRef(false); // whoever closed it by `open` need not be told
  const [isDrawn, draw] = useState(open ?? true);
  if (open && !isDrawn) draw(true);
  useEffect(() => {
    document.addEventListener("click", onClick); // the same function again is one listener
  }, []);
  useEffect(() => {
    const dialog = ref.current;
    if (open === undefined || !dialog) return;
    if (open) show(dialog);
    else if (dialog.open) {
      known.current = true;
      if (dialog.querySelector(".code")) swallowEnter();
      dialog.close();
      placeFocus();
    }
  }, [open]);
  return h(
    "dialog",
    {
      ...rest,
      ref,
      onClose: (event) => {
        if (event.target !== ref.current) return;
        if (left.current) keepDraft(event.target);
        left.current = false;
        if (!known.current) onClose?.();
        known.current = false;
      },
      onCancel: (event) => {
        if (event.target !== ref.current) return;
        if (dismissable) left.current = true;
        else event.preventDefault();
      },
      onMouseDown: (event) => {
        // Only a press that begins on the backdrop closes: selecting text outwards must not.
        if (!dismissable || event.target !== ref.current) return;
        left.current = true;
        ref.current.close();
      },
    },
    isDrawn ? children : null,
  );
}

export function CopyButton({ text, label, icons, className = "" }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const clock = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(clock);
  }, [copied]);
  const copy = () => navigator.clipboard?.writeText(text).then(() => setCopied(true));
  return h(
    "button",
    { type: "button", className, title: label, "aria-label": `${label}: ${text}`, onClick: copy },
    h(Icon, { d: copied ? icons.done : icons.copy, size: 16 }),
    h("span", { role: "status", className: "sr-only" }, copied ? "Copied" : ""),
  );
}

export function PrintButton({ children, ...rest }) {
  return h("button", { ...rest, type: "button", onClick: () => window.print() }, children);
}
