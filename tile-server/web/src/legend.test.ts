import type { StyleSpecification } from "maplibre-gl";
import { expect, test } from "vitest";
import { archive, catalog } from "./fixture.ts";
import { legend } from "./legend.ts";

const layer = (type: string, id: string, paint: object, metadata?: object) => ({
  id: `${id}.${type}`,
  type,
  source: "policy-map",
  "source-layer": id,
  paint,
  ...(metadata ? { metadata } : {}),
});

const style = (layers: object[], metadata: object = {}): StyleSpecification =>
  ({ version: 8, sources: {}, layers, metadata }) as unknown as StyleSpecification;

const entries = (of: StyleSpecification) =>
  legend(of, catalog().layers).map(({ layer, entries }) => [layer.id, entries]);

test("a document's own legend is shown", () => {
  const own = [{ color: "#112233", shape: "circle", label: { ko: "방범", en: "Crime" } }];
  const drawn = [layer("circle", "cctv", { "circle-color": "#ff0000" })];
  expect(entries(style(drawn, { "policy-map:legend": { cctv: own } }))).toEqual([["cctv", own]]);
  const onLayer = [layer("circle", "cctv", { "circle-color": "#ff0000" }, { "policy-map:legend": own })];
  expect(entries(style(onLayer))).toEqual([["cctv", own]]);
});

test("without one, the first paint gives an entry", () => {
  const drawn = [
    layer("symbol", "dongs", { "text-color": "#000000" }),
    layer("fill", "dongs", { "fill-color": "#009e73" }),
    layer("line", "roads", { "line-color": ["match", ["get", "class"], "a", "#123456", "#654321"] }),
    layer("circle", "cctv", { "circle-color": "rgba(1, 2, 3, 0.5)" }),
    layer("symbol", "dongs", { "text-color": "#000000" }),
  ];
  // The topmost first; labels, which lie over everything, do not count.
  expect(entries(style(drawn))).toEqual([
    ["cctv", [{ color: "rgba(1, 2, 3, 0.5)", shape: "circle", label: null }]],
    ["roads", [{ color: "#123456", shape: "line", label: null }]],
    ["dongs", [{ color: "#009e73", shape: "fill", label: null }]],
  ]);
});

test("entries that could not be drawn, or do harm, are left out", () => {
  const bad = [
    { color: "url(https://elsewhere)", shape: "fill" },
    { color: "#123", shape: "star" },
    null,
    { color: "#123", shape: "fill", label: { ko: "가" } },
  ];
  const of = style([layer("fill", "dongs", {})], { "policy-map:legend": { dongs: bad } });
  expect(entries(of)).toEqual([["dongs", [{ color: "#123", shape: "fill", label: null }]]]);
});

test("a layer that the style does not draw has no legend", () => {
  expect(entries(style([], { "policy-map:legend": { dongs: [] } }))).toEqual([]);
});

test("an entry says how the colour covers, breaks and is outlined, as far as it makes sense", () => {
  const entry = { color: "#112233", shape: "line", label: null };
  const said = [
    { ...entry, opacity: 0.4 },
    { ...entry, dash: true, casing: "#fff" },
    { ...entry, opacity: 7, dash: "yes", casing: "url(x)" },
    { ...entry, opacity: 1, dash: false },
  ];
  const of = style([layer("line", "roads", {})], { "policy-map:legend": { roads: said } });
  expect(entries(of)).toEqual([["roads", [{ ...entry, opacity: 0.4 }, { ...entry, dash: true, casing: "#fff" }, entry, entry]]]);
});

test("label points of a layer give it no legend", () => {
  const names = { ...layer("circle", "dongs", { "circle-color": "#ff0000" }), "source-layer": "dongs.label" };
  expect(entries(style([names]))).toEqual([]);
  expect(entries(style([names, layer("fill", "dongs", { "fill-color": "#009e73" })]))).toEqual([
    ["dongs", [{ color: "#009e73", shape: "fill", label: null }]],
  ]);
});

test("an archive has an entry for each layer in it that is drawn, by its name", () => {
  const drawn = [
    layer("fill", "waters", { "fill-color": "#0072b2" }),
    layer("line", "waters", { "line-color": "#0072b2" }),
    layer("line", "roads", { "line-color": "#e69f00" }),
  ];
  const named = (name: string) => ({ ko: name, en: name });
  const roads = { color: "#e69f00", shape: "line", label: named("roads") };
  const waters = { color: "#0072b2", shape: "fill", label: named("waters") };
  expect(legend(style(drawn), [archive()])).toEqual([{ layer: archive(), entries: [roads, waters] }]);
  expect(legend(style(drawn.slice(0, 2)), [archive()])[0]?.entries).toEqual([waters]);
  expect(legend(style([layer("fill", "basemap", {})]), [archive()])).toEqual([]);
  const own = { color: "#112233", shape: "fill", label: { ko: "강", en: "River" } };
  const declared = style(drawn, { "policy-map:legend": { waters: [own] } });
  expect(legend(declared, [archive()])[0]?.entries).toEqual([roads, own]);
  const { title } = archive();
  const generated = style(drawn, { "policy-map:legend": { waters: [{ ...waters, label: title }] } });
  expect(legend(generated, [archive()])[0]?.entries).toEqual([roads, waters]);
  const whole = style(drawn, { "policy-map:legend": { basemap: [own] } });
  expect(legend(whole, [archive()])[0]?.entries).toEqual([own]);
});
