// Attribute values as a reader expects them.

import type { Column } from "./catalog.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

/** Units as the catalog spells them; others are shown as they are. */
const UNITS: Record<string, { ko: string; en: string }> = {
  persons: { ko: "명", en: "persons" },
  households: { ko: "세대", en: "households" },
  floors: { ko: "층", en: "floors" },
  buildings: { ko: "동", en: "buildings" },
  spaces: { ko: "면", en: "spaces" },
  places: { ko: "개소", en: "places" },
  cases: { ko: "건", en: "cases" },
  years: { ko: "년", en: "years" },
  months: { ko: "개월", en: "months" },
  days: { ko: "일", en: "days" },
  hours: { ko: "시간", en: "hours" },
  minutes: { ko: "분", en: "minutes" },
  won: { ko: "원", en: "won" },
  krw: { ko: "원", en: "won" },
  m2: { ko: "m²", en: "m²" },
  km2: { ko: "km²", en: "km²" },
  m3: { ko: "m³", en: "m³" },
  ug_m3: { ko: "µg/m³", en: "µg/m³" },
};

const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };

export function unit(column: Column | undefined, language: Language): string {
  const text = column?.unit;
  if (!text) return "";
  return UNITS[text.toLowerCase()]?.[language] ?? text;
}

export function number(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 3 }).format(value);
}

/** A year is read without a thousands separator; columns tell it by their name. */
const isYear = (column: Column | undefined): boolean =>
  column !== undefined &&
  !column.unit &&
  (/(^|_)(yr|year)($|_)/i.test(column.name) || /연도$|년도$/.test(column.title.ko));

export interface Shown {
  text: string;
  /** Whether there is no value. */
  missing: boolean;
}

/**
 * A value as text. Codes are text in the tile and stay as they are, leading
 * zeros and all; only what the tile holds as a number is written as one.
 */
export function value(raw: unknown, column: Column | undefined, language: Language): Shown {
  const text = words(language);
  if (raw === null || raw === undefined || raw === "") return { text: text.noData, missing: true };
  if (typeof raw === "boolean") return { text: raw ? text.yes : text.no, missing: false };
  if (typeof raw === "number" || typeof raw === "bigint") {
    if (column?.type === "bool") return { text: raw ? text.yes : text.no, missing: false };
    const shown = isYear(column) ? String(raw) : number(Number(raw), language);
    return { text: shown + spaced(unit(column, language)), missing: false };
  }
  if (typeof raw === "string") {
    const measured = column?.type !== "text" ? spaced(unit(column, language)) : "";
    return { text: raw + measured, missing: false };
  }
  return { text: JSON.stringify(raw), missing: false };
}

/** Korean counters follow the number at once, Latin units after a space. */
function spaced(unit: string): string {
  if (unit === "") return "";
  return /^[\p{Script=Hangul}%°]/u.test(unit) ? unit : `\u00a0${unit}`;
}
