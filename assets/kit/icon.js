import { createElement as h } from "react";

/** A stroked 24 px shape. Without a label it is decoration and hidden from assistive technology. */
export function Icon({ d, size = 20, label, className = "" }) {
  return h(
    "svg",
    {
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      fill: "none",
      stroke: "currentColor",
      strokeWidth: 1.75,
      strokeLinecap: "round",
      strokeLinejoin: "round",
      className: `shrink-0 ${className}`,
      focusable: "false",
      ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true }),
    },
    h("path", { d }),
  );
}

/** The word, icon and colour of a state, looked up in `table[status] = [word, path, classes]`. */
export function StatusBadge({ status, table, className = "", plain = false }) {
  const [word, d, tone] = table[status] ?? [humanised(status), table[""][1], table[""][2]];
  if (!status) return null;
  return h(
    "span",
    { className: `${className} ${plain ? tone.replace(/\bbg-\S+/, "") : tone}`, "data-status": status },
    h(Icon, { d, size: plain ? 18 : 15 }),
    h("span", null, word),
  );
}

/** A state this version does not know is still shown, as its plain name. */
function humanised(status) {
  const words = String(status ?? "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
