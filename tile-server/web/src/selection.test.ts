import { expect, test } from "vitest";
import { catalog } from "./fixture.ts";
import { drawingOrder, MOST_LAYERS, openingSelection, takeAbsent } from "./selection.ts";

test("a map opens with areas and lines of the base field and a policy layer", () => {
  expect(openingSelection(catalog())).toEqual(["dongs", "water", "roads", "cctv"]);
  const read = catalog();
  for (const id of ["blocks", "lots"]) {
    read.layers.push({ ...read.layers[0]!, id }, { ...read.layers[1]!, id: `${id}-lines` });
  }
  expect(openingSelection(read)).toEqual(["dongs", "water", "roads", "cctv"]);
});

test("where the catalog names its background, that is it", () => {
  const read = catalog();
  for (const layer of read.layers) layer.background = ["water", "loose"].includes(layer.id);
  expect(openingSelection(read)).toEqual(["water", "loose", "cctv"]);
  const ids = drawingOrder(read, new Set(["dongs", "water", "cctv", "loose"])).map((layer) => layer.id);
  expect(ids).toEqual(["water", "dongs", "loose", "cctv"]);
});

test("over a base a map opens alone", () => {
  const read = catalog();
  read.district.base_map = true;
  expect(openingSelection(read)).toEqual(["cctv"]);
  read.themes[1]!.opening_map = "roads";
  expect(openingSelection(read)).toEqual(["roads"]);
  read.layers.find((layer) => layer.id === "roads")!.available = false;
  expect(openingSelection(read)).toEqual(["cctv"]);
});

test("what can't be read is not opened", () => {
  const read = catalog();
  for (const layer of read.layers) if (layer.id === "water" || layer.id === "cctv") layer.available = false;
  expect(openingSelection(read)).toEqual(["dongs", "roads", "loose"]);
});

test("a catalog with names of its own opens with something", () => {
  const read = catalog();
  for (const layer of read.layers) layer.dataset = `own-${layer.id}`;
  const opening = openingSelection(read);
  expect(opening).toHaveLength(3);
  expect(opening[0]).toBe("cctv");
  expect(openingSelection({ ...read, layers: [] })).toEqual([]);
});

test("areas lie below lines below points, whatever the order of choosing", () => {
  const ids = (chosen: string[]) => drawingOrder(catalog(), new Set(chosen)).map((layer) => layer.id);
  expect(ids(["cctv", "roads", "dongs", "water"])).toEqual(["dongs", "water", "roads", "cctv"]);
  expect(ids(["water", "dongs", "cctv", "roads"])).toEqual(["dongs", "water", "roads", "cctv"]);
  expect(ids(["unknown", "stray", "loose", "dongs"])).toEqual(["dongs", "stray", "loose"]);
});

test("no more layers are asked for than a server takes", () => {
  const read = catalog();
  const many = Array.from({ length: 300 }, (_, index) => ({ ...read.layers[0]!, id: `l${index}` }));
  const chosen = new Set(many.map((layer) => layer.id));
  expect(drawingOrder({ ...read, layers: many }, chosen)).toHaveLength(MOST_LAYERS);
});

test("absent layers of a link are left out of it and named, and no others", () => {
  const read = catalog();
  for (const layer of read.layers) if (layer.id === "cctv" || layer.id === "loose") layer.absent = { ko: "없음", en: "none" };
  const selected = new Set(["dongs", "cctv"]);
  expect(takeAbsent(read, selected).map((layer) => layer.id)).toEqual(["cctv"]);
  expect([...selected]).toEqual(["dongs"]);
  expect(takeAbsent(read, selected)).toEqual([]);
});
