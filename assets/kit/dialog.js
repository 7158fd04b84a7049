import { createElement as h, useEffect, useRef, useState } from "react";
import { Icon } from "./icon.js";

// A dialling code is mostly right: of a phone number the rest is typed.
const FIELDS =
  "input:not([type=hidden], [hidden], :disabled), select:enabled:not([autocomplete=tel-country-code]), textarea:enabled";

/** Opens it with the focus in its first field, or on its title: never on the button that closes it. */
function show(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
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
 *  Focus trap, Esc and the return of focus are the browser's. */
export function Dialog({ open, onClose, dismissable = true, children, ...rest }) {
  const ref = useRef(null);
  const known = useRef(false); // whoever closed it by `open` need not be told
  useEffect(() => {
    document.addEventListener("click", onClick); // the same function again is one listener
  }, []);
  useEffect(() => {
    const dialog = ref.current;
    if (open === undefined || !dialog) return;
    if (open) show(dialog);
    else if (dialog.open) {
      known.current = true;
      dialog.close();
    }
  }, [open]);
  return h(
    "dialog",
    {
      ...rest,
      ref,
      onClose: (event) => {
        if (event.target !== ref.current) return;
        if (!known.current) onClose?.();
        known.current = false;
      },
      onCancel: (event) => !dismissable && event.target === ref.current && event.preventDefault(),
      onMouseDown: (event) => {
        // Only a press that begins on the backdrop closes: selecting text outwards must not.
        if (dismissable && event.target === ref.current) ref.current.close();
      },
    },
    children,
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
