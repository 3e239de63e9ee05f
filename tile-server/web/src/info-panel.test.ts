import { expect, test } from "vitest";
import { catalog } from "./fixture.ts";
import { infoPanel } from "./info-panel.ts";

const source = (url: string | null, language: "ko" | "en" = "ko") => {
  const attribution = { agency: { ko: "성동구", en: "Seongdong-gu" }, licence: "KOGL-1", year: 2025, url };
  const layer = { ...catalog().layers[0]!, attribution };
  const items = [{ id: 1, properties: {} }];
  return infoPanel([{ layer, items }], language, { closed: () => {}, chosen: () => {} }).querySelector(".info-source");
};

test("the source is told with its year and licence", () => {
  expect(source(null)?.textContent).toBe("출처·이용조건: 성동구, 2025, 공공누리 제1유형");
  expect(source(null, "en")?.textContent).toBe("Source and licence: Seongdong-gu, 2025, KOGL type 1");
  expect(source(null)?.querySelector("a")).toBeNull();
});

test("an address of the web is a link, another is not", () => {
  expect(source("https://data.seoul.go.kr/x")?.querySelector("a")?.href).toBe("https://data.seoul.go.kr/x");
  for (const other of ["javascript:alert(1)", "ftp://a/b", "data.seoul.go.kr"]) {
    expect(source(other)?.querySelector("a"), other).toBeNull();
  }
});
