import { expect, test } from "vitest";
import { archive, catalog } from "./fixture.ts";
import { infoPanel } from "./info-panel.ts";

const source = (url: string | null, language: "ko" | "en" = "ko") => {
  const attribution = { agency: { ko: "성동구", en: "Seongdong-gu" }, licence: "KOGL-1", year: 2025, url };
  const layer = { ...catalog().layers[0]!, attribution };
  const items = [{ id: 1, properties: {} }];
  return infoPanel([{ layer, inner: null, items }], language, { closed: () => {}, chosen: () => {} }).querySelector(".info-source");
};

test("the source is shown with its year and licence", () => {
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

test("what is found in an archive is shown with its name and its own columns", () => {
  const layer = archive();
  const chosen: unknown[] = [];
  const items = [{ id: 3, properties: { river_nm: "중랑천" } }];
  const found = layer.vector_layers.map((inner) => ({ layer, inner, items: inner.id === "waters" ? items : [] }));
  const panel = infoPanel(found, "ko", { closed: () => {}, chosen: (item) => chosen.push(item) });
  const [section, ...others] = panel.querySelectorAll<HTMLElement>(".info-layer");
  expect(others).toEqual([]);
  expect(section?.dataset).toMatchObject({ layer: "basemap", sourceLayer: "waters" });
  expect(section?.querySelector("h3")?.textContent).toBe("바탕지도 · waters");
  expect(section?.querySelector("h4")?.textContent).toBe("중랑천");
  expect([...panel.querySelectorAll("tr")].map((row) => row.dataset["column"])).toEqual(["river_nm"]);
  section?.querySelector<HTMLElement>(".highlight-button")?.click();
  expect(chosen).toEqual(items);
});
