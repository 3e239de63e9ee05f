import type { StyleSpecification } from "maplibre-gl";
import { afterEach, expect, test, vi } from "vitest";
import { archive, catalog } from "./fixture.ts";
import { fetchStyle, HIGHLIGHT, highlightLayers, isLabels, ownerOf, prepare, ServerProblem, styleUrl, unavailable, visibility } from "./style.ts";

afterEach(() => vi.unstubAllGlobals());

const STYLE = {
  version: 8,
  glyphs: "http://a/fonts/{fontstack}/{range}.pbf",
  metadata: { "policy-map:unavailable": ["roads", 3] },
  sources: { "policy-map": { type: "vector", url: "http://a/tiles/loose.json" } },
  layers: [
    { id: "a", type: "circle", source: "policy-map", "source-layer": "loose", minzoom: 13, maxzoom: 18 },
    { id: "b", type: "symbol", source: "policy-map", "source-layer": "loose", minzoom: 15 },
  ],
} as unknown as StyleSpecification;

test("a style is asked for beside the page", () => {
  expect(styleUrl("http://a/gis/", ["x", "y"], "en")).toBe("http://a/gis/styles/x,y.json?maps=x,y&lang=en");
});

test("no font is asked of the server", () => {
  expect(prepare(STYLE, "#fff", [])).not.toHaveProperty("glyphs");
});

test("the ground is the page's where the style has none", () => {
  expect(prepare(STYLE, "#abc", []).layers[0]).toMatchObject({ type: "background", paint: { "background-color": "#abc" } });
  const own = { ...STYLE, layers: [{ id: "own", type: "background" }, ...STYLE.layers] } as StyleSpecification;
  expect(prepare(own, "#abc", []).layers.map((layer) => layer.id)).toEqual(["own", "a", "b"]);
});

test("the highlight lies on top, of drawn layers only, and once", () => {
  const marks = highlightLayers("loose", ["==", ["id"], 7], "#f00");
  const once = prepare(STYLE, "#fff", marks);
  const ids = once.layers.map((layer) => layer.id);
  expect(ids.slice(0, 3)).toEqual(["policy-map-background", "a", "b"]);
  expect(ids.slice(3).every((id) => id.startsWith(HIGHLIGHT))).toBe(true);
  expect(prepare(once, "#fff", marks).layers).toHaveLength(ids.length);
  expect(prepare(STYLE, "#fff", highlightLayers("dongs", [], "#f00")).layers).toHaveLength(3);
});

test("label points belong to the layer that they name", () => {
  expect([ownerOf("dongs.label"), ownerOf("dongs"), isLabels("dongs.label"), isLabels("label")]).toEqual(["dongs", "dongs", true, false]);
  const names = { id: "names", type: "symbol", source: "policy-map", "source-layer": "dongs.label" };
  const only = { ...STYLE, layers: [names] } as unknown as StyleSpecification;
  const drawn = prepare(only, "#fff", highlightLayers("dongs", ["==", ["id"], 7], "#f00")).layers;
  // The highlight marks the area, though only its name is drawn.
  expect(drawn.slice(2).map((layer) => "source-layer" in layer && layer["source-layer"])).toEqual(["dongs", "dongs", "dongs"]);
});

test("layers that the server left out are named", () => {
  expect(unavailable(STYLE)).toEqual(["roads"]);
  expect(unavailable({ version: 8, sources: {}, layers: [] })).toEqual([]);
});

test.each([
  [11, "zoom-in"],
  [12.5, "zoom-in"],
  [13, "visible"],
  [20, "visible"],
])("at zoom %d a layer from 12 drawn from 13 is %s", (zoom, seen) => {
  expect(visibility(catalog().layers[4]!, STYLE, zoom)).toBe(seen);
});

test("tiles and style both bound a layer", () => {
  const only = { ...STYLE, layers: STYLE.layers.slice(0, 1) };
  expect(visibility(catalog().layers[4]!, only, 18)).toBe("zoom-out");
  expect(visibility(catalog().layers[4]!, { ...STYLE, layers: [] }, 12)).toBe("visible");
});

test("a refusal keeps the server's explanation", async () => {
  const problem = { detail: "The data of layer roads can't be read now" };
  vi.stubGlobal("fetch", async () => Response.json(problem, { status: 503 }));
  const error = await fetchStyle("http://a/", false, new AbortController().signal).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ServerProblem);
  expect(error).toMatchObject({ status: 503, detail: problem.detail });
});

test("an archive is drawn where a layer in it is", () => {
  const entry = (id: string, minzoom: number) => ({ id, type: "line", source: "policy-map", "source-layer": id, minzoom });
  const drawn = { ...STYLE, layers: [entry("waters", 12), entry("roads", 9), entry("basemap", 3)] } as StyleSpecification;
  const seen = [8, 9].map((zoom) => visibility(archive(), drawn, zoom));
  expect(seen).toEqual(["zoom-in", "visible"]);
});
