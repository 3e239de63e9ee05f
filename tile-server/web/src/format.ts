// Attribute values formatted for readers.

import type { Column } from "./catalog.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

interface Unit {
  ko: string;
  en: string;
}

/** Units as the catalog spells them, in lower case. */
const UNITS: Record<string, Unit> = {
  persons: { ko: "명", en: "persons" },
  person: { ko: "명", en: "person" },
  households: { ko: "세대", en: "households" },
  household: { ko: "세대", en: "household" },
  children: { ko: "명", en: "children" },
  floors: { ko: "층", en: "floors" },
  buildings: { ko: "동", en: "buildings" },
  dwellings: { ko: "호", en: "dwellings" },
  units: { ko: "대", en: "units" },
  unit: { ko: "대", en: "unit" },
  spaces: { ko: "면", en: "spaces" },
  places: { ko: "개소", en: "places" },
  place: { ko: "자리", en: "place" },
  seats: { ko: "석", en: "seats" },
  seat: { ko: "석", en: "seat" },
  beds: { ko: "병상", en: "beds" },
  classes: { ko: "학급", en: "classes" },
  class: { ko: "학급", en: "class" },
  courses: { ko: "강좌", en: "courses" },
  volumes: { ko: "권", en: "volumes" },
  docks: { ko: "개", en: "docks" },
  dock: { ko: "거치대", en: "dock" },
  lanes: { ko: "차로", en: "lanes" },
  lane: { ko: "차로", en: "lane" },
  routes: { ko: "개 노선", en: "routes" },
  vehicles: { ko: "대", en: "vehicles" },
  trips: { ko: "회", en: "trips" },
  trees: { ko: "그루", en: "trees" },
  cases: { ko: "건", en: "cases" },
  accidents: { ko: "건", en: "accidents" },
  complaints: { ko: "건", en: "complaints" },
  reports: { ko: "건", en: "reports" },
  deals: { ko: "건", en: "deals" },
  dispatches: { ko: "건", en: "dispatches" },
  calls: { ko: "건", en: "calls" },
  posts: { ko: "건", en: "posts" },
  transactions: { ko: "건", en: "transactions" },
  projects: { ko: "건", en: "projects" },
  docs: { ko: "건", en: "documents" },
  tests: { ko: "건", en: "tests" },
  premises: { ko: "개소", en: "premises" },
  facilities: { ko: "개소", en: "facilities" },
  establishments: { ko: "개소", en: "establishments" },
  establishment: { ko: "개소", en: "establishment" },
  stores: { ko: "개소", en: "stores" },
  shops: { ko: "개소", en: "shops" },
  merchants: { ko: "개소", en: "merchants" },
  factories: { ko: "개소", en: "factories" },
  academies: { ko: "개소", en: "academies" },
  crosswalks: { ko: "개소", en: "crosswalks" },
  centres: { ko: "개소", en: "centres" },
  centre: { ko: "개소", en: "centre" },
  sites: { ko: "개소", en: "sites" },
  spots: { ko: "곳", en: "spots" },
  firms: { ko: "개사", en: "firms" },
  years: { ko: "년", en: "years" },
  months: { ko: "개월", en: "months" },
  days: { ko: "일", en: "days" },
  hours: { ko: "시간", en: "hours" },
  minutes: { ko: "분", en: "minutes" },
  year: { ko: "년", en: "year" },
  month: { ko: "월", en: "month" },
  day: { ko: "일", en: "day" },
  hour: { ko: "시간", en: "hour" },
  min: { ko: "분", en: "min" },
  s: { ko: "초", en: "s" },
  won: { ko: "원", en: "won" },
  krw: { ko: "원", en: "won" },
  "10,000 krw": { ko: "만 원", en: "×10,000 won" },
  "1,000,000 krw": { ko: "백만 원", en: "million won" },
  points: { ko: "점", en: "points" },
  ratio: { ko: "배", en: "ratio" },
  "persons/person": { ko: "배", en: "persons/person" },
  "buildings*m": { ko: "동·m", en: "buildings·m" },
  "10k px": { ko: "만 화소", en: "×10,000 pixels" },
  "0-100": { ko: "점(0–100)", en: "(0–100)" },
  "1-5": { ko: "점(1–5)", en: "(1–5)" },
  "-1..1": { ko: "(−1~1)", en: "(−1 to 1)" },
  "0-23": { ko: "시", en: "h" },
};

/** Unit symbols that both languages write alike. */
const SYMBOLS = ["%", "%p", "mm", "cm", "m", "km", "100 m", "kg", "t", "W", "kW", "dB", "lx", "GB", "h"];
const SPELLED: Record<string, string> = { m2: "m²", km2: "km²", m3: "m³", ug: "µg", degc: "°C" };
for (const symbol of SYMBOLS) SPELLED[symbol.toLowerCase()] = symbol;
for (const [name, symbol] of Object.entries(SPELLED)) UNITS[name] = { ko: symbol, en: symbol };

/**
 * Units that Korean writes before the number: "30.8천 명당" would read as 30.8 thousand.
 */
const LEADING: Record<string, Unit> = {
  "per 1,000": { ko: "천당", en: "per 1,000" },
  "per 1,000 residents": { ko: "주민 천 명당", en: "per 1,000 residents" },
  "per 1,000 children": { ko: "아동 천 명당", en: "per 1,000 children" },
  "per 1,000 pedestrians": { ko: "보행자 천 명당", en: "per 1,000 pedestrians" },
  "per 1,000 households": { ko: "천 세대당", en: "per 1,000 households" },
  "per 100 women": { ko: "여성 백 명당", en: "per 100 women" },
};

/** Unit of a count out of a total, such as `of 100`. */
const OF = /^of (\d+)$/;

const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };

function unit(column: Column | undefined, language: Language): string {
  return column?.unit ? unitText(column.unit, language) : "";
}

/** A unit of the catalog in words; `undefined` where a part of it is not known. */
export function knownUnit(text: string, language: Language): string | undefined {
  const name = text.toLowerCase();
  const whole = (LEADING[name] ?? UNITS[name])?.[language];
  if (whole !== undefined) return whole;
  const most = OF.exec(name)?.[1];
  if (most !== undefined) return language === "ko" ? `개(${most}개 중)` : `of ${most}`;
  const parts = name.split("/").map((part) => UNITS[part]?.[language]);
  return parts.includes(undefined) ? undefined : parts.join("/");
}

/** A unit in words; an unknown one as the catalog spells it. */
export function unitText(text: string, language: Language): string {
  return knownUnit(text, language) ?? text;
}

/** Whether a unit is written before its number. */
export function leads(text: string, language: Language): boolean {
  return language === "ko" && text.toLowerCase() in LEADING;
}

/** A number's text and its unit, in the order and spacing of the language. */
function measured(shown: string, column: Column | undefined, language: Language): string {
  const text = unit(column, language);
  if (text === "") return shown;
  if (leads(column?.unit ?? "", language)) return `${text}\u00a0${shown}`;
  return shown + spaced(text);
}

export function number(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 3 }).format(value);
}

/** Whether a column holds years, which have no thousands separator; recognised by the column's name. */
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
    return { text: measured(shown, column, language), missing: false };
  }
  if (typeof raw === "string") {
    const shown = column?.type !== "text" ? measured(raw, column, language) : raw;
    return { text: shown, missing: false };
  }
  return { text: JSON.stringify(raw), missing: false };
}

/** Korean counters follow the number at once, Latin units after a space. */
function spaced(unit: string): string {
  return /^[\p{Script=Hangul}%°]/u.test(unit) ? unit : `\u00a0${unit}`;
}

/** The label of a time, such as `2025-Q3`, written out; any other label unchanged. */
export function periodText(label: string, language: Language): string {
  const parts = /^(\d{4})(?:-(?:Q([1-4])|H([12])|(\d{2})(?:-(\d{2}))?))?$/.exec(label);
  if (!parts) return label;
  const [, year, quarter, half, month, day] = parts;
  if (language === "ko") {
    const rest = quarter ? `${quarter}분기` : half ? (half === "1" ? "상반기" : "하반기") : month && `${Number(month)}월`;
    return [`${year}년`, rest, day && `${Number(day)}일`].filter(Boolean).join(" ");
  }
  if (quarter) return `Q${quarter} ${year}`;
  if (half) return `${half === "1" ? "first" : "second"} half of ${year}`;
  return label;
}
