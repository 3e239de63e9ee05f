// The shown layers and their drawing order.

import type { Catalog, Geometry, Layer } from "./catalog.ts";

/** Most layers of one list, as the server's `MAX_NAMES`. */
export const MOST_LAYERS = 256;

/** The field of data about places rather than policy. */
const BASE_FIELD = "base";
/** Number of areas and lines of that field that make a readable background. */
const GROUND: [Geometry, number][] = [["polygon", 2], ["line", 1]];

/** Whether a layer is background for others: as declared, or else by its field. */
function grounds(catalog: Catalog): (layer: Layer) => boolean {
  if (catalog.layers.some((layer) => layer.background)) return (layer) => layer.background;
  const fields = new Map(catalog.datasets.map((dataset) => [dataset.id, dataset.field]));
  return (layer) => fields.get(layer.dataset) === BASE_FIELD;
}

/**
 * Ids of the layers that a visitor without a selection sees. Over a base that is one map: the
 * opening map of the first theme that names one. Otherwise the background that the
 * catalog names, or else a few areas and lines that lie under everything, and the first
 * layer of the first theme about something else.
 */
export function openingSelection(catalog: Catalog): string[] {
  const usable = catalog.layers.filter((layer) => layer.available);
  const isGround = grounds(catalog);
  const named = catalog.themes.map((theme) => usable.find((layer) => layer.id === theme.opening_map));
  const opening = named.find((layer) => layer !== undefined);
  if (catalog.district.base_map && opening) return [opening.id];
  const ground = usable.filter(isGround);
  const chosen = ground.some((layer) => layer.background)
    ? ground.slice(0, MOST_LAYERS - 1)
    : GROUND.flatMap(([geometry, most]) => ground.filter((layer) => layer.geometry === geometry).slice(0, most));
  const order = new Map(catalog.themes.map((theme, index) => [theme.id, index]));
  const rank = (layer: Layer) => order.get(layer.theme ?? "") ?? order.size;
  const policy = usable
    .filter((layer) => !isGround(layer))
    .sort((a, b) => rank(a) - rank(b))[0];
  if (policy && catalog.district.base_map) return [policy.id];
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
 * The selected layers in drawing order: areas below lines below points, background layers
 * below others of their kind, otherwise as in the catalog, so that one selection has one
 * URL.
 */
export function drawingOrder(catalog: Catalog, selected: ReadonlySet<string>): Layer[] {
  const isGround = grounds(catalog);
  const rank = (layer: Layer) => (layer.geometry ? RANK[layer.geometry] : RANK.mixed);
  return catalog.layers
    .filter((layer) => selected.has(layer.id))
    .sort((a, b) => rank(a) - rank(b) || Number(isGround(b)) - Number(isGround(a)))
    .slice(0, MOST_LAYERS);
}

/** Removes absent layers from a selection, and returns them. */
export function takeAbsent(catalog: Catalog, selected: Set<string>): Layer[] {
  return catalog.layers.filter((layer) => layer.absent !== null && selected.delete(layer.id));
}
