import { createElement as h, useEffect, useRef, useState } from "react";
import { Icon } from "./icon.js";

/* A button with `data-opens="id"` opens the dialog of that id without asking the server; one with
 * `data-closes` closes the dialog it stands in. One listener serves the whole document. */
function onClick(event) {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal?.();
  event.target.closest?.("[data-closes]")?.closest("dialog")?.close();
}

/** The native dialog, opened by a state var (`open`) or by a button (`data-opens`).
 *  Focus trap, Esc and the return of focus are the browser's. */
export function Dialog({ open, onClose, dismissable = true, children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    document.addEventListener("click", onClick); // the same function again is one listener
  }, []);
  useEffect(() => {
    const dialog = ref.current;
    if (open === undefined || !dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return h(
    "dialog",
    {
      ...rest,
      ref,
      onClose: (event) => event.target === ref.current && onClose?.(),
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

export function PrintButton({ children, className = "" }) {
  return h("button", { type: "button", className, onClick: () => window.print() }, children);
}
