import { afterEach, describe, expect, test, vi } from "vitest";
import { CatalogError, fetchCatalog, groupByTheme, homeBounds, matches, parseCatalog } from "./catalog.ts";
import { BODY, catalog } from "./fixture.ts";

afterEach(() => vi.unstubAllGlobals());

describe("parseCatalog", () => {
  test("reads what the server sends", () => {
    const read = catalog();
    expect(read.layers.map((layer) => layer.id)).toEqual(["dongs", "roads", "water", "cctv", "loose", "stray"]);
    expect(read.district.notice?.ko).toBe("합성");
    expect(read.layers[4]?.min_zoom).toBe(12);
  });

  test("takes what is missing or odd for nothing", () => {
    const read = parseCatalog({ layers: [{ id: "a", columns: [{ type: "int" }, { name: "n" }], bounds: [1, 2, 0, 3] }, 7, {}] });
    expect(read.layers).toHaveLength(1);
    expect(read.layers[0]).toMatchObject({ title: { ko: "a", en: "a" }, bounds: null, available: true, geometry: null });
    expect(read.layers[0]?.columns.map((column) => column.title.ko)).toEqual(["n"]);
    expect(read.district.title.ko).toBe("");
  });

  test.each([null, [], "x", {}, { layers: 3 }])("refuses %j", (body) => {
    expect(() => parseCatalog(body)).toThrow();
  });

  test("a layer is public and no background unless it says so", () => {
    const layers = [{ id: "a" }, { id: "b", visibility: "staff", background: true }, { id: "c", visibility: 3, background: "yes" }];
    const read = parseCatalog({ layers }).layers;
    expect(read.map((layer) => layer.staff)).toEqual([false, true, false]);
    expect(read.map((layer) => layer.background)).toEqual([false, true, false]);
  });

  test("a layer is absent by its state alone, and its newest period partial where it is named", () => {
    const reason = { ko: "없음", en: "none" };
    const layers = [
      { id: "a", state: "absent", available: false, reason },
      { id: "b", state: "unavailable", available: false, reason },
      { id: "c", time: { last: "2025", partial: ["2025"] } },
      { id: "d", time: { last: "2025", partial: ["2024"] } },
      { id: "e", time: { last: null, partial: [null] } },
      { id: "f", time: { last: "2025", partial: "2025" } },
    ];
    const read = parseCatalog({ layers }).layers;
    expect(read.map((layer) => layer.absent)).toEqual([reason, null, null, null, null, null]);
    expect(read.map((layer) => layer.partial_period)).toEqual([null, null, "2025", null, null, null]);
  });

  test("a title in one language stands for both", () => {
    const read = parseCatalog({ layers: [{ id: "a", title: { ko: "가", en: "" } }] });
    expect(read.layers[0]?.title).toEqual({ ko: "가", en: "가" });
  });
});

describe("fetchCatalog", () => {
  test("asks beside the page, whatever its prefix", async () => {
    const fetch = vi.fn(async () => Response.json(BODY));
    vi.stubGlobal("fetch", fetch);
    await fetchCatalog("https://map.example/gis/map/");
    expect(String((fetch.mock.calls as unknown[][])[0]?.[0])).toBe("https://map.example/gis/map/catalog.json");
  });

  test.each([
    ["network", async () => Promise.reject(new TypeError("failed"))],
    ["status", async () => new Response("", { status: 503 })],
    ["content", async () => new Response("<html>")],
  ])("tells a failure of the %s", async (kind, answer) => {
    vi.stubGlobal("fetch", answer);
    const error = await fetchCatalog("http://a/").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CatalogError);
    expect((error as CatalogError).kind).toBe(kind);
  });
});

test("groups follow the themes' order, and what has none comes last", () => {
  const groups = groupByTheme(catalog());
  expect(groups.map((group) => group.theme?.id ?? null)).toEqual(["safety", "common", null]);
  expect(groups[2]?.layers.map((layer) => layer.id)).toEqual(["loose", "stray"]);
});

test.each([
  ["행정동", true],
  ["행정동경계", true],
  ["dONG", true],
  ["경계 행정", true],
  ["공통", true],
  ["common", true],
  ["", true],
  ["행정동 도로", false],
  ["안전", false],
])("searching %j finds the dongs: %s", (query, found) => {
  const { layers, themes } = catalog();
  const theme = themes.find((entry) => entry.id === "common") ?? null;
  expect(matches(layers[0]!, theme, query)).toBe(found);
});

test("a search minds no middle dot, however it was typed", () => {
  const cctv = catalog().layers[3]!;
  expect(["cctv비상벨", "CCTV·비상벨", "비상벨 cctv"].every((query) => matches(cctv, null, query))).toBe(true);
});

test("home is the district, or what all layers cover", () => {
  const read = catalog();
  expect(homeBounds(read)).toEqual([127, 37.5, 127.1, 37.6]);
  read.district.bounds = null;
  read.layers[1]!.bounds = [126.9, 37.55, 127.05, 37.7];
  expect(homeBounds(read)).toEqual([126.9, 37.5, 127.1, 37.7]);
  expect(homeBounds({ ...read, layers: [] })).toBeNull();
});
