// What lies under a point of the map, arranged for reading.

import type { Column, Layer } from "./catalog.ts";
import { type Shown, value } from "./format.ts";
import type { Language } from "./location.ts";

/** What is needed of MapLibre's features. */
export interface Feature {
  id?: string | number | undefined;
  sourceLayer?: string | undefined;
  properties: Record<string, unknown>;
}

export interface Item {
  id: string | number | undefined;
  properties: Record<string, unknown>;
}

export interface Found {
  layer: Layer;
  items: Item[];
}

/**
 * Features by layer, from the topmost down. One that several style layers draw,
 * or that several tiles hold a part of, is listed once.
 */
export function arrange(features: readonly Feature[], layers: ReadonlyMap<string, Layer>): Found[] {
  const groups = new Map<string, { found: Found; seen: Set<string> }>();
  for (const feature of features) {
    const layer = layers.get(feature.sourceLayer ?? "");
    if (!layer) continue;
    let group = groups.get(layer.id);
    if (!group) {
      group = { found: { layer, items: [] }, seen: new Set() };
      groups.set(layer.id, group);
    }
    const key = feature.id === undefined ? JSON.stringify(feature.properties) : `#${feature.id}`;
    if (group.seen.has(key)) continue;
    group.seen.add(key);
    group.found.items.push({ id: feature.id, properties: feature.properties });
  }
  return [...groups.values()].map((group) => group.found);
}

export interface Row {
  name: string;
  title: string;
  shown: Shown;
}

/**
 * An item's attributes in the catalog's order, a missing one as such: tiles
 * hold no nulls. Attributes the catalog lacks follow under their own name.
 */
export function rows(item: Item, layer: Layer, language: Language): Row[] {
  const known = new Set(layer.columns.map((column) => column.name));
  const extra = Object.keys(item.properties).filter((name) => !known.has(name));
  const columns: { name: string; column: Column | undefined }[] = [
    ...layer.columns.map((column) => ({ name: column.name, column })),
    ...extra.map((name) => ({ name, column: undefined })),
  ];
  return columns.map(({ name, column }) => ({
    name,
    title: column?.title[language] ?? name,
    shown: value(item.properties[name], column, language),
  }));
}

/** Names by which people know a thing; codes and numbers are not among them. */
const NAME = /(^|_)(nm|name|title|label)$|(^|_)rn$|이름|명칭|명$/i;

/** What to call an item: the first text that looks like a name. */
export function heading(item: Item, layer: Layer): string | null {
  const names = layer.columns.filter(
    (column) => column.type === "text" && (NAME.test(column.name) || NAME.test(column.title.ko)),
  );
  for (const column of names) {
    const text = item.properties[column.name];
    if (typeof text === "string" && text.trim() !== "") return text;
  }
  return null;
}

/** A filter for exactly this item, or `null` where nothing tells it from others. */
export function filterFor(item: Item): unknown[] | null {
  if (item.id !== undefined) return ["==", ["id"], item.id];
  const conditions = Object.entries(item.properties)
    .filter(([, raw]) => ["string", "number", "boolean"].includes(typeof raw))
    .map(([name, raw]) => ["==", ["get", name], raw]);
  return conditions.length > 0 ? ["all", ...conditions] : null;
}
