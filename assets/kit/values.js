import { createElement as h, useState } from "react";

/* Money and time as the viewer writes them. Where pages are drawn on the server their viewer's
 * languages and time zone came with the request, as far as the browser has told them. */

const isServer = typeof document === "undefined";
const asked = () => globalThis.pageData ?? {}; // on the server: whose page is drawn

/**
 * What an element needs that shows a text which the browser may write otherwise than the server did:
 * its words for a language are newer, its time zone is another, or a minute has passed. The browser's text is
 * what is shown. A shorter one takes no fewer lines, so that nothing below moves, and where `keepsLine` no less of
 * the line that it ends.
 */
const written = (text, keepsLine = false) => ({
  suppressHydrationWarning: true,
  ref: (node) => {
    if (!node || node.textContent === text) return;
    if (keepsLine && !node.nextSibling) {
      node.style.minInlineSize = `${node.getBoundingClientRect().width}px`;
      node.style.display = "inline-block";
    }
    const block = node.parentElement;
    const height = block.getBoundingClientRect().height;
    node.textContent = text;
    if (block.getBoundingClientRect().height < height) block.style.minBlockSize = `${height}px`;
  },
});

const kept = new Map();
function formatter(kind, locale, options) {
  const key = kind.name + locale + JSON.stringify(options);
  if (!kept.has(key)) kept.set(key, new kind(locale, options));
  return kept.get(key);
}

const pageLanguage = () => globalThis.document?.documentElement.lang || "en";

/** The viewer's language, or the one a storefront asks for. Words that stand inside a sentence stay in the language of the page. */
const viewer = () => globalThis.portalFrame?.locale || (isServer ? first(asked().languages) : browserLanguage());

const first = (languages) => (languages ?? []).find(isLanguage) ?? "en";
let ownLanguage;
const browserLanguage = () => (ownLanguage ??= first([...(navigator.languages ?? []), navigator.language]));

/** Browsers under a plain POSIX locale name languages that are none ("C", "en-US@posix"). */
function isLanguage(name) {
  try {
    return Intl.getCanonicalLocales(name).length > 0;
  } catch {
    return false;
  }
}

/* Digits of minor units by ISO 4217 where they are not two, as account_portal/core/currencies.py has them.
 * Browsers take CLDR's, which drop minor units that the amounts here have. */
const MINOR_DIGITS = Object.fromEntries(
  [
    [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
    [3, "BHD IQD JOD KWD LYD OMR TND"],
    [4, "CLF UYW"],
  ].flatMap(([digits, codes]) => codes.split(" ").map((code) => [code, digits])),
);

export function moneyText(amount, currency, locale, exact = true) {
  const value = Number(amount);
  const digits = !exact && Number.isInteger(value) ? 0 : (MINOR_DIGITS[currency] ?? 2);
  try {
    return formatter(Intl.NumberFormat, locale, {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
      .format(value)
      .replace("-", "\u2212"); // a minus, after which no line ends
  } catch {
    return `${value.toFixed(2)} ${currency ?? ""}`.trim(); // no such currency
  }
}

export function Money({ amount, currency, exact = true, minus = false, className = "" }) {
  if (amount === null || amount === undefined || amount === "") return null;
  const value = minus ? -Math.abs(Number(amount)) : amount;
  const text = moneyText(value, currency, viewer(), exact);
  return h("span", { className: `tabular-nums ${className}` }, h("bdi", written(text), text));
}

export function NumberText({ value, className = "" }) {
  if (value === null || value === undefined) return null;
  // Parts of a point, as an import may bring them, are hundredths: 0.50 rather than 0.5.
  const options = Number.isInteger(Number(value)) ? {} : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const text = formatter(Intl.NumberFormat, viewer(), options).format(Number(value));
  return h("span", { ...written(text), className: `tabular-nums ${className}` }, text);
}

/**
 * Words that the law wants in the reader's language: of pairs of a language and its words those of the first language
 * of the browser that there is, else the first pair. What they are is told to screen readers.
 */
export function InLanguage({ texts, className = "" }) {
  const [lang, text] = inLanguage(texts, isServer ? asked().languages : [...(navigator.languages ?? []), navigator.language]);
  const { ref, ...rest } = written(text);
  const tell = (node) => {
    if (node) node.lang = lang;
    ref(node);
  };
  return h("span", { ...rest, ref: tell, lang, className }, text);
}

export function inLanguage(texts, languages) {
  const known = new Map(texts ?? []);
  const names = (languages ?? []).map((name) => String(name).slice(0, 2).toLowerCase());
  const lang = names.find((name) => known.has(name)) ?? texts?.[0]?.[0] ?? "en";
  return [lang, known.get(lang) ?? ""];
}

const STYLES = {
  date: { day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short", year: "numeric" },
  day: { weekday: "long", day: "numeric", month: "long" },
  weekday: { weekday: "short", day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  datetime: { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" },
  binding: {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  },
};
const DAY_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** The viewer's zone, as far as known, or where they probably are; nothing stands for the browser's own. */
const zone = () => (isServer ? ([asked().zone, asked().likelyZone].find(isZone) ?? "UTC") : undefined);

/** Whether that is a guess. What is said then is true wherever it is read: no "today", and no hour without its zone. */
const isGuessed = () => isServer && !isZone(asked().zone);

function isZone(name) {
  try {
    return Boolean(name && formatter(Intl.DateTimeFormat, "en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** A day without a time is the same day everywhere; read as UTC and written in UTC it stays so. */
const zoneOf = (value) => (DAY_ONLY.test(value) ? "UTC" : zone());

/** Days since 1970 of the day that it is in a zone. Its parts are asked for: how a language writes a day differs from browser to browser. */
function dayNumber(date, timeZone) {
  const parts = formatter(Intl.DateTimeFormat, "en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
  const { year, month, day } = Object.fromEntries(parts.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day) / 86400000;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function nearDay(value, date, locale, earliest) {
  const timeZone = zoneOf(value);
  const days = dayNumber(date, timeZone) - dayNumber(new Date(), zone());
  if (days >= earliest && days <= 1 && !isGuessed())
    return formatter(Intl.RelativeTimeFormat, pageLanguage(), { numeric: "auto" }).format(days, "day");
  const year = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  const style = { weekday: "short", day: "numeric", month: "short", timeZone, ...year };
  return formatter(Intl.DateTimeFormat, locale, style).format(date);
}

const STEPS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  const words = formatter(Intl.RelativeTimeFormat, pageLanguage(), { numeric: "auto" });
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? [];
  // "Yesterday" is a day of the calendar: 30 hours back may be two.
  if (unit === "day" && isGuessed()) return nearDay(date.toISOString(), date, viewer(), 0);
  if (unit === "day") return words.format(dayNumber(date, zone()) - dayNumber(new Date(), zone()), unit);
  return unit ? words.format(Math.round(seconds / size), unit) : "just now";
}

export function dateText(value, style) {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value); // what a courier wrote, as it was written
  if (style === "near") return nearDay(value, date, viewer(), -1);
  // What comes today at a place may come on the day before the reader's: not "yesterday".
  if (style === "coming") return nearDay(value, date, viewer(), 0);
  if (style === "ago") return DAY_ONLY.test(value) ? nearDay(value, date, viewer(), -1) : ago(date);
  const plain = STYLES[style] ?? STYLES.short;
  const known = plain.hour && isGuessed() ? { ...plain, timeZoneName: "short" } : plain;
  const options = DAY_ONLY.test(value) ? { ...known, hour: undefined, minute: undefined, timeZoneName: undefined } : known;
  return formatter(Intl.DateTimeFormat, viewer(), { ...options, timeZone: zoneOf(value) }).format(date);
}

export function DateTime({ value, look = "date", capitalised = false, className = "" }) {
  const [full, setFull] = useState();
  if (!value) return null;
  const words = dateText(value, look);
  const text = capitalised ? capital(words) : words;
  const isNear = look === "near" || look === "coming";
  // Names of time zones are slow to load: they are, once somebody points at a date.
  const tell = look !== "binding" && !DAY_ONLY.test(value) ? () => setFull(dateText(value, "binding")) : undefined;
  return h(
    "time",
    {
      ...written(text, isNear),
      dateTime: value,
      title: full,
      onMouseEnter: tell,
      className: `tabular-nums ${isNear ? "whitespace-nowrap" : ""} ${className}`,
    },
    text,
  );
}
