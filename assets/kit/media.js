import { createElement as h, useState } from "react";

/** An image that gives way to what stands inside it when there is no picture or it cannot load. */
export function Picture({ src, alt = "", className = "", imgClass = "", children, eager = false }) {
  const [broken, setBroken] = useState(null);
  const shows = src && broken !== src;
  return h(
    "span",
    { className, ...(shows || !alt ? {} : { role: "img", "aria-label": alt }) },
    shows
      ? h("img", {
          src,
          alt,
          className: imgClass,
          loading: eager ? "eager" : "lazy",
          decoding: "async",
          // A picture that failed before the page came alive has no event left to fire.
          ref: (img) => img?.complete && img.naturalWidth === 0 && setBroken(src),
          onError: () => setBroken(src),
        })
      : children,
  );
}

/** First letters of the first and last word; a letter is what a reader calls one, not a code unit. */
export function initials(name) {
  const words = String(name ?? "").trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => Array.from(word.matchAll(/\p{L}\p{M}*|\p{N}/gu), (m) => m[0])[0] ?? "").join("").toUpperCase();
}

export function Initials({ name, className = "" }) {
  return h("span", { className, "aria-hidden": true }, initials(name));
}
