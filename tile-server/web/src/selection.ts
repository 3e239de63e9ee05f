// Which layers are shown, and in what order they are drawn.

import type { Catalog, Geometry, Layer } from "./catalog.ts";

/** What a server takes in one list (its `MAX_NAMES`). */
export const MOST_LAYERS = 256;

/** Datasets that make a readable background, from the bottom up. */
const BACKGROUND = ["river_water", "road_centerline", "admin_dong"];
/** The field of data that describe places rather than policy. */
const BASE_FIELD = "base";

/**
 * What a visitor sees who brings no selection: water, roads, borders and the
 * first layer of the first theme that is about something else.
 */
export function openingSelection(catalog: Catalog): string[] {
  const usable = catalog.layers.filter((layer) => layer.available);
  const fields = new Map(catalog.datasets.map((dataset) => [dataset.id, dataset.field]));
  const isBase = (layer: Layer) =>
    BACKGROUND.includes(layer.dataset) || fields.get(layer.dataset) === BASE_FIELD;
  const chosen = BACKGROUND.flatMap((id) => usable.find((layer) => layer.dataset === id) ?? []);
  const order = new Map(catalog.themes.map((theme, index) => [theme.id, index]));
  const rank = (layer: Layer) => order.get(layer.theme ?? "") ?? order.size;
  const policy = usable
    .filter((layer) => !isBase(layer) && !chosen.includes(layer))
    .sort((a, b) => rank(a) - rank(b))[0];
  if (policy) chosen.push(policy);
  // A district with its own names for everything still gets a map.
  for (const layer of usable) {
    if (chosen.length >= 3) break;
    if (!chosen.includes(layer)) chosen.push(layer);
  }
  return chosen.map((layer) => layer.id);
}

const RANK: Record<Geometry, number> = { polygon: 0, mixed: 1, line: 2, point: 3 };

/**
 * The selected layers as they are asked for: areas below lines below points,
 * otherwise as in the catalog, so that one selection has one URL.
 */
export function drawingOrder(catalog: Catalog, selected: ReadonlySet<string>): Layer[] {
  const background = (layer: Layer) => {
    const index = BACKGROUND.indexOf(layer.dataset);
    return index < 0 ? BACKGROUND.length : index;
  };
  const rank = (layer: Layer) => (layer.geometry ? RANK[layer.geometry] : RANK.mixed);
  return catalog.layers
    .filter((layer) => selected.has(layer.id))
    .sort((a, b) => rank(a) - rank(b) || background(a) - background(b))
    .slice(0, MOST_LAYERS);
}
