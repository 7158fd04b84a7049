import { createElement as h } from "react";

const FILL = { going: "bg-accent-text", done: "bg-success", trouble: "bg-warn" };
const EDGE = { going: "border-accent-text", done: "border-success", trouble: "border-warn" };
const INK = { going: "text-accent-text", done: "text-success", trouble: "text-warn" };

/** Steps on a line, filled up to the one reached. With `table`, place and tone follow from `status`. */
export function Tracker({ steps, current, tone = "going", status, table, label }) {
  const [at, mood] = table ? (table[status] ?? [-1, "stopped"]) : [current, tone];
  if (mood === "stopped") return null;
  return h(
    "ol",
    { "aria-label": label, className: "grid auto-cols-fr grid-flow-col" },
    steps.map((step, index) => {
      const reached = index <= at;
      const here = index === at;
      return h(
        "li",
        {
          key: step,
          className: "grid min-w-0 content-start gap-2",
          "aria-current": here ? "step" : undefined,
        },
        h(
          "span",
          { className: "relative flex h-4 items-center", "aria-hidden": true },
          h("span", {
            className: `h-1 w-full transition-colors ${reached ? FILL[mood] : "bg-line"} ${index === 0 ? "rounded-s-full" : ""} ${index === steps.length - 1 ? "rounded-e-full" : ""}`,
          }),
          here &&
            h("span", {
              className: `absolute end-0 size-4 rounded-full border-4 bg-surface ${EDGE[mood]}`,
            }),
        ),
        h(
          "span",
          { className: `pe-2 text-small ${here ? `font-medium ${INK[mood]}` : "text-muted"}` },
          step,
          reached && !here && h("span", { className: "sr-only" }, " (done)"),
        ),
      );
    }),
  );
}
