// Features under a point of the map, arranged for reading.

import { type Column, type InnerLayer, type Layer, sourceLayers } from "./catalog.ts";
import { type Shown, value } from "./format.ts";
import type { Language } from "./location.ts";
import { isLabels, ownerOf } from "./style.ts";

/** Properties of MapLibre's features that this page uses. */
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
  /** Inner layer of an archive published whole; `null` for any other layer. */
  inner: InnerLayer | null;
  items: Item[];
}

/** The source layer of the found features. */
export const sourceLayerOf = (found: Found): string => found.inner?.id ?? found.layer.id;

/** Title of the layer of the found features. */
export function titleOf({ layer, inner }: Found, language: Language): string {
  return inner ? `${layer.title[language]} · ${inner.id}` : layer.title[language];
}

/** Description of the attributes of items. */
type Described = Pick<Layer, "columns">;

/**
 * Features by source layer, from the topmost down. A feature that several style layers
 * draw, or that several tiles hold a part of, is listed once. A label may lie over its
 * area's neighbour, so a label counts only where nothing else of its layer does. `layers`
 * are those that the map shows: of all layers, two may hold source layers of one name.
 */
export function arrange(features: readonly Feature[], layers: readonly Layer[]): Found[] {
  const groups = new Map<string, { found: Found; seen: Set<string> }>();
  const known = new Map(layers.flatMap((layer) => sourceLayers(layer).map((name) => [name, layer])));
  // In an archive, a name that looks like that of labels may be of anything.
  const labels = (name: string) => isLabels(name) && !known.has(name);
  const names = (feature: Feature) => feature.sourceLayer ?? "";
  const met = new Set(features.map(names));
  const spoken = features.filter((feature) => !labels(names(feature)) || !met.has(ownerOf(names(feature))));
  for (const feature of spoken) {
    const name = labels(names(feature)) ? ownerOf(names(feature)) : names(feature);
    const layer = known.get(name);
    if (!layer) continue;
    let group = groups.get(name);
    if (!group) {
      const inner = layer.vector_layers.find((inner) => inner.id === name) ?? null;
      group = { found: { layer, inner, items: [] }, seen: new Set() };
      groups.set(name, group);
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
 * An item's attributes in the catalog's order; missing ones are listed as such, as tiles
 * hold no nulls. Attributes that the catalog lacks follow under their own name.
 */
export function rows(item: Item, described: Described, language: Language): Row[] {
  const known = new Set(described.columns.map((column) => column.name));
  const extra = Object.keys(item.properties).filter((name) => !known.has(name));
  const columns: { name: string; column: Column | undefined }[] = [
    ...described.columns.map((column) => ({ name: column.name, column })),
    ...extra.map((name) => ({ name, column: undefined })),
  ];
  return columns.map(({ name, column }) => ({
    name,
    title: column?.title[language] ?? name,
    shown: value(item.properties[name], column, language),
  }));
}

/** Pattern of columns that hold the name of a thing; codes and numbers are not among them. */
const NAME = /(^|_)(nm|name|title|label)$|(^|_)rn$|이름|명칭|명$/i;

/** Pattern of columns that hold the English form of a name. */
const ENGLISH = /_(eng|en)$/i;

/**
 * Heading of an item: the first text that looks like a name, of this language first; `null`
 * without one.
 */
export function heading(item: Item, described: Described, language: Language): string | null {
  const texts = described.columns.filter((column) => column.type === "text");
  const names = texts.filter((column) => NAME.test(column.name) || NAME.test(column.title.ko));
  const english = texts.filter((column) => ENGLISH.test(column.name) && NAME.test(column.name.replace(ENGLISH, "")));
  for (const column of language === "en" ? [...english, ...names] : names) {
    const text = item.properties[column.name];
    if (typeof text === "string" && text.trim() !== "") return text;
  }
  return null;
}

/** A filter for exactly this item; `null` where nothing tells it from others. */
export function filterFor(item: Item): unknown[] | null {
  if (item.id !== undefined) return ["==", ["id"], item.id];
  const conditions = Object.entries(item.properties)
    .filter(([, raw]) => ["string", "number", "boolean"].includes(typeof raw))
    .map(([name, raw]) => ["==", ["get", name], raw]);
  return conditions.length > 0 ? ["all", ...conditions] : null;
}
