import { createElement as h } from "react";
import { Icon } from "./icon.js";

const LOOKS = {
  going: { fill: "bg-accent-text", edge: "border-accent-text", ink: "text-accent-text" },
  done: { fill: "bg-success", edge: "border-success", ink: "text-success" },
  trouble: { fill: "bg-warn", edge: "border-warn", ink: "text-warn" },
};

/** Steps on a line, filled up to the one reached. With `table`, place and tone follow from `status`. */
export function Tracker({ steps, current, tone = "going", status, table, label, icons }) {
  const [at, mood] = table ? (table[status] ?? [-1, "stopped"]) : [current, tone];
  const look = LOOKS[mood];
  if (!look) return null; // cancelled, or unknown: there is no way to show
  // Where the words don't fit beside one another, the present one stands for them.
  const [hidden, alone] = ["@max-[14rem]:sr-only", "@max-[14rem]:whitespace-nowrap"];
  const list = h(
    "ol",
    { "aria-label": label, className: "grid auto-cols-fr grid-flow-col" },
    steps.map((step, index) => {
      const edge = index < steps.length / 2 ? "@max-[14rem]:justify-self-start" : "@max-[14rem]:justify-self-end";
      const here = index === at;
      const past = index < at || (here && mood === "done");
      const mark = past
        ? `${look.fill} ${look.edge} text-surface`
        : here
          ? `bg-surface ${look.edge} ${look.ink}`
          : "border-line-control bg-surface";
      return h(
        "li",
        {
          key: step,
          className: "relative grid min-w-0 grid-cols-1 content-start justify-items-center gap-2 text-center",
          "aria-current": here ? "step" : undefined,
        },
        index > 0 &&
          h("span", {
            "aria-hidden": true,
            className: `mark absolute end-1/2 top-[11px] h-0.5 w-full ${index <= at ? look.fill : "bg-line-control"}`,
          }),
        h(
          "span",
          {
            "aria-hidden": true,
            className: `z-[1] grid size-[24px] place-items-center rounded-full border-2 ${mark}`,
          },
          past && h(Icon, { d: icons.done, size: 14 }),
          here && !past && mood === "trouble" && h(Icon, { d: icons.trouble, size: 13 }),
          here && !past && mood === "going" && h("span", { className: `mark size-[8px] rounded-full ${look.fill}` }),
        ),
        h(
          "span",
          {
            className: `px-0.5 text-small ${here ? `font-medium ${look.ink} ${alone} ${edge}` : `text-muted ${hidden}`}`,
          },
          step,
          past && !here && h("span", { className: "sr-only" }, " (done)"),
        ),
      );
    }),
  );
  return h("div", { className: "@container min-w-0" }, list);
}
