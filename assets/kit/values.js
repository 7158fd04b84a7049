import { createElement as h, useState, useSyncExternalStore } from "react";

/* Money and time as the viewer writes them. The prerendered page cannot know the viewer, so it
 * carries the same value in English and UTC, which is replaced once the page is alive. */

const never = () => () => {};
const useAlive = () => useSyncExternalStore(never, () => true, () => false);

const kept = new Map();
function formatter(kind, locale, options) {
  const key = kind.name + locale + JSON.stringify(options);
  if (!kept.has(key)) kept.set(key, new kind(locale, options));
  return kept.get(key);
}

const pageLanguage = () => document.documentElement.lang || "en";

/** The viewer's language, or the one a storefront asks for. Words that stand inside a sentence stay in the language of the page. */
const viewer = () => globalThis.portalFrame?.locale || browserLanguage();

let ownLanguage;
const browserLanguage = () =>
  (ownLanguage ??= [...(navigator.languages ?? []), navigator.language].find(isLanguage) ?? "en");

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
  const alive = useAlive();
  if (amount === null || amount === undefined || amount === "") return null;
  const value = minus ? -Math.abs(Number(amount)) : amount;
  const text = moneyText(value, currency, alive ? viewer() : "en", exact);
  return h("span", { className: `tabular-nums ${className}` }, h("bdi", null, text));
}

export function NumberText({ value, className = "" }) {
  const alive = useAlive();
  if (value === null || value === undefined) return null;
  // Parts of a point, as an import may bring them, are hundredths: 0.50 rather than 0.5.
  const options = Number.isInteger(Number(value)) ? {} : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  const text = formatter(Intl.NumberFormat, alive ? viewer() : "en", options).format(Number(value));
  return h("span", { className: `tabular-nums ${className}` }, text);
}

const STYLES = {
  date: { day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short", year: "numeric" },
  day: { weekday: "long", day: "numeric", month: "long" },
  weekday: { weekday: "short", day: "numeric", month: "short" },
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

/** A day without a time is the same day everywhere; read as UTC and written in UTC it stays so. */
const zoneOf = (value, alive) => (!alive || DAY_ONLY.test(value) ? "UTC" : undefined);

/** Days since 1970 of the day that it is in a zone. Its parts are asked for: how a language writes a day differs from browser to browser. */
function dayNumber(date, timeZone) {
  const parts = formatter(Intl.DateTimeFormat, "en-US", { timeZone, year: "numeric", month: "numeric", day: "numeric" });
  const { year, month, day } = Object.fromEntries(parts.formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day) / 86400000;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

function nearDay(value, date, locale) {
  const timeZone = zoneOf(value, true);
  const days = dayNumber(date, timeZone) - dayNumber(new Date());
  if (Math.abs(days) <= 1)
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
  return unit ? words.format(Math.round(seconds / size), unit) : "just now";
}

export function dateText(value, style, alive) {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value); // what a courier wrote, as it was written
  const locale = alive ? viewer() : "en-GB";
  if (alive && style === "near") return nearDay(value, date, locale);
  if (alive && style === "ago") return ago(date);
  const options = STYLES[style] ?? STYLES.short;
  return formatter(Intl.DateTimeFormat, locale, { ...options, timeZone: zoneOf(value, alive) }).format(date);
}

export function DateTime({ value, look = "date", capitalised = false, className = "" }) {
  const alive = useAlive();
  const [full, setFull] = useState();
  if (!value) return null;
  const text = dateText(value, look, alive);
  // Names of time zones are slow to load: they are, once somebody points at a date.
  const tell = look !== "binding" && !DAY_ONLY.test(value) ? () => setFull(dateText(value, "binding", true)) : undefined;
  return h(
    "time",
    { dateTime: value, title: full, onMouseEnter: tell, className: `tabular-nums ${className}` },
    capitalised ? capital(text) : text,
  );
}
