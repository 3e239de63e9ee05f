import { expect, test } from "vitest";
import type { Layer } from "./catalog.ts";
import { archive, catalog } from "./fixture.ts";
import { arrange, filterFor, heading, rows, sourceLayerOf, titleOf } from "./inspect.ts";

const { layers } = catalog();
const feature = (sourceLayer: string, id: number | undefined, properties: Record<string, unknown> = {}) => ({
  sourceLayer,
  id,
  properties,
});

test("features are grouped by layer in the order found, each once", () => {
  const found = arrange(
    [
      feature("cctv", 1),
      feature("dongs", 1),
      feature("cctv", 2),
      feature("cctv", 1),
      feature("unknown", 1),
      feature("roads", undefined, { a: 1 }),
      feature("roads", undefined, { a: 1 }),
      feature("roads", undefined, { a: 2 }),
    ],
    layers,
  );
  expect(found.map((group) => [group.layer.id, group.items.length])).toEqual([
    ["cctv", 2],
    ["dongs", 1],
    ["roads", 2],
  ]);
});

const layer: Layer = {
  ...catalog().layers[0]!,
  columns: [
    { name: "adm_cd", type: "text", title: { ko: "행정동코드", en: "Code" }, unit: null },
    { name: "adm_nm", type: "text", title: { ko: "행정동명", en: "Dong" }, unit: null },
    { name: "pop", type: "int", title: { ko: "인구", en: "Residents" }, unit: "persons" },
  ],
};

test("every published column is listed, missing ones as such, others after them", () => {
  const listed = rows({ id: 1, properties: { pop: 1234, other: "x", adm_cd: "011" } }, layer, "ko");
  expect(listed.map((row) => [row.title, row.shown.text, row.shown.missing])).toEqual([
    ["행정동코드", "011", false],
    ["행정동명", "자료 없음", true],
    ["인구", "1,234명", false],
    ["other", "x", false],
  ]);
});

test("a name heads an item, a code does not", () => {
  expect(heading({ id: 1, properties: { adm_cd: "11", adm_nm: "옥수동" } }, layer, "ko")).toBe("옥수동");
  expect(heading({ id: 1, properties: { adm_cd: "11" } }, layer, "ko")).toBeNull();
});

test("an English page calls a thing by its English name, where it has one", () => {
  const text = (name: string, ko: string) => ({ name, type: "text", title: { ko, en: name }, unit: null });
  const roads: Layer = {
    ...layer,
    columns: [text("use_en", "용도(영문)"), text("rn", "도로명"), text("rn_eng", "도로명(로마자)")],
  };
  const item = { id: 1, properties: { use_en: "Road", rn: "왕십리로", rn_eng: "Wangsimni-ro" } };
  expect([heading(item, roads, "ko"), heading(item, roads, "en")]).toEqual(["왕십리로", "Wangsimni-ro"]);
  expect(heading({ id: 2, properties: { rn: "왕십리로", rn_eng: " " } }, roads, "en")).toBe("왕십리로");
});

test("a label stands for its area, and only where the area was not met itself", () => {
  const listed = (features: ReturnType<typeof feature>[]) =>
    arrange(features, layers).map((group) => [group.layer.id, group.items.map((item) => item.id)]);
  expect(listed([feature("dongs.label", 1), feature("cctv", 4), feature("dongs", 1)])).toEqual([
    ["cctv", [4]],
    ["dongs", [1]],
  ]);
  expect(listed([feature("dongs.label", 2), feature("dongs", 1)])).toEqual([["dongs", [1]]]);
  expect(listed([feature("dongs.label", 2), feature("dongs.label", 2)])).toEqual([["dongs", [2]]]);
});

test("an item is identified by its id, or else by all of its values", () => {
  expect(filterFor({ id: 0, properties: {} })).toEqual(["==", ["id"], 0]);
  expect(filterFor({ id: undefined, properties: { a: "x", b: 2 } })).toEqual([
    "all",
    ["==", ["get", "a"], "x"],
    ["==", ["get", "b"], 2],
  ]);
  expect(filterFor({ id: undefined, properties: {} })).toBeNull();
});

test("features of an archive are identified by their layer in it", () => {
  const features = [feature("roads", 1), feature("waters", 1), feature("roads", 2), feature("basemap", 1)];
  const found = arrange(features, [archive()]);
  expect(found.map((group) => [group.layer.id, sourceLayerOf(group), titleOf(group, "en"), group.items.length])).toEqual([
    ["basemap", "roads", "Base map · roads", 2],
    ["basemap", "waters", "Base map · waters", 1],
  ]);
  expect(found[0]?.inner?.columns.map((column) => column.name)).toEqual(["rn", "lanes"]);
  expect(arrange(features, layers).map((group) => [titleOf(group, "en"), group.inner])).toEqual([["roads name", null]]);
});

test("a name in an archive that ends as labels' do is a name like others", () => {
  const [roads] = archive().vector_layers;
  const whole = { ...archive(), vector_layers: [{ ...roads!, id: "roads" }, { ...roads!, id: "roads.label" }] };
  const found = arrange([feature("roads.label", 1), feature("roads", 1)], [whole]);
  expect(found.map(sourceLayerOf)).toEqual(["roads.label", "roads"]);
});
