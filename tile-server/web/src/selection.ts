// Which layers are shown, and in what order they are drawn.

import type { Catalog, Geometry, Layer } from "./catalog.ts";

/** What a server takes in one list (its `MAX_NAMES`). */
export const MOST_LAYERS = 256;

/** The field of data that describe places rather than policy. */
const BASE_FIELD = "base";
/** How many areas and lines of that field make a readable background. */
const GROUND: [Geometry, number][] = [["polygon", 2], ["line", 1]];

/** Whether a layer is ground for others: by its own word, or else by its field. */
function grounds(catalog: Catalog): (layer: Layer) => boolean {
  if (catalog.layers.some((layer) => layer.background)) return (layer) => layer.background;
  const fields = new Map(catalog.datasets.map((dataset) => [dataset.id, dataset.field]));
  return (layer) => fields.get(layer.dataset) === BASE_FIELD;
}

/**
 * What a visitor sees who brings no selection: the background that the catalog
 * names, or else a few areas and lines that lie under everything, and the first
 * layer of the first theme that is about something else.
 */
export function openingSelection(catalog: Catalog): string[] {
  const usable = catalog.layers.filter((layer) => layer.available);
  const isGround = grounds(catalog);
  const ground = usable.filter(isGround);
  const chosen = ground.some((layer) => layer.background)
    ? ground.slice(0, MOST_LAYERS - 1)
    : GROUND.flatMap(([geometry, most]) => ground.filter((layer) => layer.geometry === geometry).slice(0, most));
  const order = new Map(catalog.themes.map((theme, index) => [theme.id, index]));
  const rank = (layer: Layer) => order.get(layer.theme ?? "") ?? order.size;
  const policy = usable
    .filter((layer) => !isGround(layer))
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
 * the ground below others of its kind, otherwise as in the catalog, so that one
 * selection has one URL.
 */
export function drawingOrder(catalog: Catalog, selected: ReadonlySet<string>): Layer[] {
  const isGround = grounds(catalog);
  const rank = (layer: Layer) => (layer.geometry ? RANK[layer.geometry] : RANK.mixed);
  return catalog.layers
    .filter((layer) => selected.has(layer.id))
    .sort((a, b) => rank(a) - rank(b) || Number(isGround(b)) - Number(isGround(a)))
    .slice(0, MOST_LAYERS);
}

/** Takes the layers out of a selection that are absent, and returns them. */
export function takeAbsent(catalog: Catalog, selected: Set<string>): Layer[] {
  return catalog.layers.filter((layer) => layer.absent !== null && selected.delete(layer.id));
}
