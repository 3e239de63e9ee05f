import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Column } from "./catalog.ts";
import { knownUnit, number, periodText, unitText, value } from "./format.ts";

const column = (type: string, unit: string | null = null, name = "c", ko = "항목"): Column => ({
  name,
  type,
  title: { ko, en: "Item" },
  unit,
});

test.each<[unknown, Column | undefined, string, string]>([
  [12345, column("int", "persons"), "12,345명", "12,345\u00a0persons"],
  [2.0994, column("double", "km2"), "2.099\u00a0km²", "2.099\u00a0km²"],
  [5, column("int", "floors"), "5층", "5\u00a0floors"],
  [3.5, column("double", "%"), "3.5%", "3.5%"],
  [75.4, column("double", "m"), "75.4\u00a0m", "75.4\u00a0m"],
  [30.8, column("double", "per 1,000 residents"), "주민 천 명당\u00a030.8", "30.8\u00a0per 1,000 residents"],
  [4.2, column("double", "per 1,000 households"), "천 세대당\u00a04.2", "4.2\u00a0per 1,000 households"],
  [98.5, column("double", "per 100 women"), "여성 백 명당\u00a098.5", "98.5\u00a0per 100 women"],
  [25, column("int", "10,000 KRW"), "25만 원", "25\u00a0×10,000 won"],
  [3, column("int", "of 8"), "3개(8개 중)", "3\u00a0of 8"],
  [8, column("int", "0-23"), "8시", "8\u00a0h"],
  [7, column("double", "furlong"), "7\u00a0furlong", "7\u00a0furlong"],
  [2019, column("int", null, "built_yr", "준공연도"), "2019", "2019"],
  ["0011204", column("text"), "0011204", "0011204"],
  ["1120067000", column("text", null, "adm_cd"), "1120067000", "1120067000"],
  [0, column("int", "persons"), "0명", "0\u00a0persons"],
  [true, column("bool"), "예", "Yes"],
  [false, column("bool"), "아니요", "No"],
  [1, column("bool"), "예", "Yes"],
  [-1234.5678, undefined, "-1,234.568", "-1,234.568"],
])("%j is shown", (raw, of, korean, english) => {
  expect(value(raw, of, "ko")).toEqual({ text: korean, missing: false });
  expect(value(raw, of, "en")).toEqual({ text: english, missing: false });
});

test.each([null, undefined, ""])("%j is no data", (raw) => {
  expect(value(raw, column("int", "persons"), "ko")).toEqual({ text: "자료 없음", missing: true });
  expect(value(raw, column("text"), "en")).toEqual({ text: "No data", missing: true });
});

test("large numbers are whole", () => {
  expect(number(9007199254740991, "ko")).toBe("9,007,199,254,740,991");
});

test.each([
  ["trips/month/dock", "회/월/거치대", "trips/month/dock"],
  ["vehicles/hour/lane", "대/시간/차로", "vehicles/hour/lane"],
  ["kg/person/day", "kg/명/일", "kg/person/day"],
  ["10,000 KRW/m2", "만 원/m²", "×10,000 won/m²"],
  ["persons/centre", "명/개소", "persons/centre"],
  ["ug/m3", "µg/m³", "µg/m³"],
  ["persons/furlong", "persons/furlong", "persons/furlong"],
])("the unit %s is put in words part by part", (unit, korean, english) => {
  expect(unitText(unit, "ko")).toBe(korean);
  expect(unitText(unit, "en")).toBe(english);
});

const CATALOG = join(import.meta.dirname, "../../../sources/catalog");

/** Units of columns and measures. */
function units(folder: string): string[] {
  return readdirSync(join(CATALOG, folder)).flatMap((file) => {
    const text = readFileSync(join(CATALOG, folder, file), "utf8");
    return [...text.matchAll(/\bunit = "([^"]*)"/g)].map(([, unit]) => unit ?? "");
  });
}

test("every unit of the default catalog is known in both languages", () => {
  const all = new Set([...units("datasets"), ...units("layers")]);
  expect(all.size).toBeGreaterThan(50);
  const unknown = [...all].filter((unit) => knownUnit(unit, "ko") === undefined || knownUnit(unit, "en") === undefined);
  expect(unknown).toEqual([]);
});

test.each([
  ["2025", "2025년", "2025"],
  ["2025-Q3", "2025년 3분기", "Q3 2025"],
  ["2025-H2", "2025년 하반기", "second half of 2025"],
  ["2025-03", "2025년 3월", "2025-03"],
  ["2025-03-07", "2025년 3월 7일", "2025-03-07"],
  ["2025-W09", "2025-W09", "2025-W09"],
  ["2025-03T18", "2025-03T18", "2025-03T18"],
])("the period %s is written as a reader does", (label, ko, en) => {
  expect([periodText(label, "ko"), periodText(label, "en")]).toEqual([ko, en]);
});
