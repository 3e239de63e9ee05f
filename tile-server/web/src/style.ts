// The style of a selection, as the server makes it and as the page draws it.

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { type Layer, sourceLayers } from "./catalog.ts";
import type { Language } from "./location.ts";

/** The vector source of all selected maps. The base, if there is one, has its own. */
export const SOURCE = "policy-map";
export const HIGHLIGHT = "policy-map-highlight";
const UNAVAILABLE = "policy-map:unavailable";

export function styleUrl(base: string, ids: readonly string[], language: Language): string {
  const url = new URL(`styles/${ids.join(",")}.json`, base);
  // One source for all of them; a single map would otherwise have one of its own name.
  url.search = `maps=${ids.join(",")}&lang=${language}`;
  return url.href;
}

/** A problem that the server answered, with its explanation. */
export class ServerProblem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(`server: ${status} ${detail}`);
    this.name = "ServerProblem";
  }
}

/** Fetches a style; `afresh` past the browser's cache, after trouble. */
export async function fetchStyle(url: string, afresh: boolean, signal: AbortSignal): Promise<StyleSpecification> {
  const cache = afresh ? "no-cache" : "default";
  const answer = await fetch(url, { signal, cache, headers: { accept: "application/json" } });
  if (!answer.ok) {
    const body: unknown = await answer.json().catch(() => null);
    const detail = (body as { detail?: unknown } | null)?.detail;
    throw new ServerProblem(answer.status, typeof detail === "string" ? detail : "");
  }
  return (await answer.json()) as StyleSpecification;
}

/** A style without data, for the time before the first style and for an empty selection. */
export function emptyStyle(): StyleSpecification {
  return { version: 8, sources: {}, layers: [] };
}

/**
 * The style as this page draws it: over its own background, with the
 * highlight on top, and without `glyphs`. MapLibre draws every letter of a style
 * without `glyphs` itself, in the CSS family that `text-font` names: Hangul,
 * Latin and digits in one typeface, and no request for a font.
 */
export function prepare(
  style: StyleSpecification,
  background: string,
  highlight: readonly LayerSpecification[],
): StyleSpecification {
  const { glyphs: _, ...rest } = style;
  const layers = rest.layers.filter((layer) => !layer.id.startsWith(HIGHLIGHT));
  if (!layers.some((layer) => layer.type === "background")) {
    layers.unshift({
      id: "policy-map-background",
      type: "background",
      paint: { "background-color": background },
    });
  }
  const drawn = new Set(layers.map(layerId));
  const marks = highlight.filter((layer) => drawn.has(layerId(layer)));
  return { ...rest, layers: [...layers, ...marks] };
}

/** The layers that the server left out of a style because it can't read them. */
export function unavailable(style: StyleSpecification): string[] {
  const ids = metadata(style)[UNAVAILABLE];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

export function metadata(of: { metadata?: unknown }): Record<string, unknown> {
  return typeof of.metadata === "object" && of.metadata !== null
    ? (of.metadata as Record<string, unknown>)
    : {};
}

/** The source layer of a style layer; backgrounds have none. */
export function sourceLayer(layer: LayerSpecification): string | undefined {
  return "source-layer" in layer ? layer["source-layer"] : undefined;
}

/** The style layers that draw some source layers. */
export function drawnOf(style: StyleSpecification, names: readonly string[]): LayerSpecification[] {
  return style.layers.filter((entry) => names.includes(sourceLayer(entry) ?? ""));
}

/** Suffix of a layer's id that names its label points. */
const LABELS = ".label";

/** Whether a source layer holds the label points of a layer rather than itself. */
export const isLabels = (name: string): boolean => name.endsWith(LABELS);

/** Source layer whose features a source layer shows or labels. */
export const ownerOf = (name: string): string => (isLabels(name) ? name.slice(0, -LABELS.length) : name);

function layerId(layer: LayerSpecification): string | undefined {
  const name = sourceLayer(layer);
  return name === undefined ? undefined : ownerOf(name);
}

/** Background colour of a style; `null` where it has none or an expression. */
export function groundOf(style: StyleSpecification): string | null {
  const ground = style.layers.find((layer) => layer.type === "background")?.paint?.["background-color"];
  return typeof ground === "string" ? ground : null;
}

/** The URL of the style's data. */
export function sourceUrl(style: StyleSpecification): string | undefined {
  const source = style.sources[SOURCE];
  return source?.type === "vector" ? source.url : undefined;
}

export type Visibility = "visible" | "zoom-in" | "zoom-out";

/**
 * Whether a layer is drawn at a zoom: its tiles must begin there, and one of
 * its style layers must. Past `max_zoom` a map goes on with the last tiles.
 */
export function visibility(layer: Layer, style: StyleSpecification, zoom: number): Visibility {
  const [first, last] = zooms(layer, drawnOf(style, sourceLayers(layer)));
  if (zoom < first) return "zoom-in";
  return zoom >= last ? "zoom-out" : "visible";
}

/** The zoom at which a layer begins to be drawn, and the one at which it ends. */
function zooms(layer: Layer, own: readonly LayerSpecification[]): [number, number] {
  const first = own.length > 0 ? Math.min(...own.map((entry) => entry.minzoom ?? 0)) : 0;
  const last = own.length > 0 ? Math.max(...own.map((entry) => entry.maxzoom ?? 25)) : 25;
  return [Math.max(first, layer.min_zoom ?? 0), last];
}

/** The zoom nearest to the given one at which a layer is drawn. */
export function zoomToSee(layer: Layer, style: StyleSpecification, zoom: number): number {
  const [first, last] = zooms(layer, drawnOf(style, sourceLayers(layer)));
  return zoom < first ? first + 0.01 : last - 0.01;
}

/**
 * Style layers that mark one feature on top of the others. Areas are outlined, not filled:
 * their colour shows the data.
 */
export function highlightLayers(id: string, filter: unknown[], colour: string): LayerSpecification[] {
  const common = { source: SOURCE, "source-layer": id };
  const layers: unknown[] = [
    // White under the colour: seen on any fill.
    {
      id: `${HIGHLIGHT}.halo`,
      type: "line",
      ...common,
      filter: ["all", ["!=", ["geometry-type"], "Point"], filter],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": "#ffffff", "line-width": 7 },
    },
    {
      id: `${HIGHLIGHT}.line`,
      type: "line",
      ...common,
      filter: ["all", ["!=", ["geometry-type"], "Point"], filter],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": colour, "line-width": 4 },
    },
    {
      id: `${HIGHLIGHT}.circle`,
      type: "circle",
      ...common,
      filter: ["all", ["==", ["geometry-type"], "Point"], filter],
      paint: {
        "circle-color": "rgba(255,255,255,0)",
        "circle-radius": 11,
        "circle-stroke-color": colour,
        "circle-stroke-width": 4,
      },
    },
  ];
  return layers as LayerSpecification[];
}

/** The style with attribution in the page's language. */
export function inLanguage(style: StyleSpecification, language: Language): StyleSpecification {
  const sources = Object.fromEntries(
    Object.entries(style.sources).map(([id, source]) => {
      if (source.type !== "vector" || !source.url) return [id, source];
      const url = new URL(source.url);
      url.searchParams.set("lang", language);
      return [id, { ...source, url: url.href }];
    }),
  );
  return { ...style, sources };
}

/** Ids of the layer that a server's explanation names; empty for none. */
export function idsIn(detail: string): string[] {
  return /\blayer ([a-z0-9][a-z0-9_-]*)/i.exec(detail)?.slice(1) ?? [];
}
