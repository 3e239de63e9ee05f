// The legend of the map's colours, read from the style itself.

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { type Layer, sourceLayers, type Text } from "./catalog.ts";
import { drawnOf, metadata, sourceLayer } from "./style.ts";

export type Shape = "fill" | "line" | "circle";

export interface Entry {
  color: string;
  shape: Shape;
  /** Text of the entry; `null` where the layer's own title is the text. */
  label: Text | null;
  /** Opacity of the colour, 0 to 1. */
  opacity?: number;
  /** Whether lines are broken. */
  dash?: boolean;
  /** The colour of the outline. */
  casing?: string;
  /** The unit of the numbers in the label, as the catalog spells it. */
  unit?: string;
}

export interface LayerLegend {
  layer: Layer;
  entries: Entry[];
}

const KEY = "policy-map:legend";

/**
 * The legend of the layers that a style draws, the topmost first. A document lists its
 * entries under `metadata."policy-map:legend"`, for the whole style by layer id or on one
 * of the layer's style layers; without them the first style layer's paint gives one. Labels
 * add no entry of their own. The inner layers of an archive have entries of their own,
 * under their names.
 */
export function legend(style: StyleSpecification, layers: readonly Layer[]): LayerLegend[] {
  const listed = metadata(style)[KEY];
  const byLayer = typeof listed === "object" && listed !== null ? (listed as Record<string, unknown>) : {};
  const height = (names: readonly string[]) =>
    style.layers.findLastIndex((entry) => names.includes(sourceLayer(entry) ?? "") && entry.type !== "symbol");
  const topmostFirst = (a: readonly string[], b: readonly string[]) => height(b) - height(a);
  const entriesOf = (name: string): Entry[] => {
    const own = drawnOf(style, [name]);
    return declared([byLayer[name], ...own.map((entry) => metadata(entry)[KEY])]) ?? derived(own);
  };
  const ordered = [...layers].sort((a, b) => topmostFirst(sourceLayers(a), sourceLayers(b)));
  return ordered.flatMap((layer): LayerLegend[] => {
    const names = sourceLayers(layer).filter((name) => drawnOf(style, [name]).length > 0);
    if (names.length === 0) return [];
    if (layer.vector_layers.length === 0) return [{ layer, entries: entriesOf(layer.id) }];
    const inner = names
      .sort((a, b) => topmostFirst([a], [b]))
      .flatMap((name) => entriesOf(name).map((entry) => named(entry, name, layer)));
    return [{ layer, entries: declared([byLayer[layer.id]]) ?? inner }];
  });
}

/**
 * An entry of an archive's inner layer. The layer's name is the label of an entry that only
 * repeats the title.
 */
function named(entry: Entry, name: string, { title }: Layer): Entry {
  const { label } = entry;
  const tells = label !== null && (label.ko !== title.ko || label.en !== title.en);
  return tells ? entry : { ...entry, label: { ko: name, en: name } };
}

/** The first list of metadata that has entries. */
function declared(lists: readonly unknown[]): Entry[] | undefined {
  return lists.map(parseEntries).find((entries) => entries.length > 0);
}

function parseEntries(value: unknown): Entry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((raw: unknown): Entry[] => {
    const { color, shape, label, opacity, dash, casing, unit } = (raw ?? {}) as Record<keyof Entry, unknown>;
    if (typeof color !== "string" || !isColour(color)) return [];
    if (shape !== "fill" && shape !== "line" && shape !== "circle") return [];
    const { ko, en } = (label ?? {}) as { ko?: unknown; en?: unknown };
    const text = typeof ko === "string" && typeof en === "string" ? { ko, en } : null;
    const entry: Entry = { color, shape, label: text };
    if (typeof opacity === "number" && opacity >= 0 && opacity < 1) entry.opacity = opacity;
    if (dash === true) entry.dash = true;
    if (typeof casing === "string" && isColour(casing)) entry.casing = casing;
    if (typeof unit === "string") entry.unit = unit;
    return [entry];
  });
}

function derived(own: readonly LayerSpecification[]): Entry[] {
  for (const layer of own) {
    const shape = layer.type;
    if (shape !== "fill" && shape !== "line" && shape !== "circle") continue;
    const color = firstColour((layer.paint as Record<string, unknown> | undefined)?.[`${shape}-color`]);
    if (color) return [{ color, shape, label: null }];
  }
  return [];
}

/** A colour, or the first colour that an expression may give. */
function firstColour(value: unknown): string | null {
  if (typeof value === "string") return isColour(value) ? value : null;
  if (!Array.isArray(value)) return null;
  for (const part of value.slice(1)) {
    const found = firstColour(part);
    if (found) return found;
  }
  return null;
}

/** Whether a text is a colour in a notation of styles; a word such as `blue` may be a value too. */
function isColour(text: string): boolean {
  return /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text) || /^(rgb|hsl)a?\([\d\s.,%/]+\)$/i.test(text);
}
