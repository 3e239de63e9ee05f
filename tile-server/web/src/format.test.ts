import { expect, test } from "vitest";
import type { Column } from "./catalog.ts";
import { number, value } from "./format.ts";

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
