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
  ug: { ko: "µg", en: "µg" },
  degc: { ko: "°C", en: "°C" },
  min: { ko: "분", en: "min" },
  person: { ko: "명", en: "person" },
  place: { ko: "자리", en: "place" },
  day: { ko: "일", en: "day" },
  hour: { ko: "시간", en: "hour" },
  month: { ko: "월", en: "month" },
  year: { ko: "년", en: "year" },
  accidents: { ko: "건", en: "accidents" },
  complaints: { ko: "건", en: "complaints" },
  reports: { ko: "건", en: "reports" },
  deals: { ko: "건", en: "deals" },
  dispatches: { ko: "건", en: "dispatches" },
  calls: { ko: "건", en: "calls" },
  trips: { ko: "회", en: "trips" },
  units: { ko: "대", en: "units" },
  premises: { ko: "개소", en: "premises" },
  facilities: { ko: "개소", en: "facilities" },
  establishments: { ko: "개소", en: "establishments" },
  stores: { ko: "개소", en: "stores" },
  shops: { ko: "개소", en: "shops" },
  factories: { ko: "개소", en: "factories" },
  crosswalks: { ko: "개소", en: "crosswalks" },
  points: { ko: "점", en: "points" },
  ratio: { ko: "배", en: "ratio" },
  "per 1,000": { ko: "천 명당", en: "per 1,000" },
  "1,000,000 krw": { ko: "백만 원", en: "million won" },
  "0-100": { ko: "점(0–100)", en: "(0–100)" },
};

const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };

export function unit(column: Column | undefined, language: Language): string {
  return column?.unit ? unitText(column.unit, language) : "";
}

/** A unit as the catalog spells it, in words; each side of a slash by itself. */
export function unitText(text: string, language: Language): string {
  const known = UNITS[text.toLowerCase()]?.[language];
  if (known !== undefined) return known;
  const [over, under, more] = text.split("/");
  if (over === undefined || under === undefined || more !== undefined) return text;
  const words = (part: string) => UNITS[part.toLowerCase()]?.[language] ?? part;
  return `${words(over)}/${words(under)}`;
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
