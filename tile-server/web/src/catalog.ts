// The server's catalog: layers, themes and their titles.

export interface Text {
  ko: string;
  en: string;
}

export type Geometry = "point" | "line" | "polygon" | "mixed";
export type ColumnType = "text" | "int" | "double" | "bool" | "date" | (string & {});

export interface Column {
  name: string;
  type: ColumnType | null;
  title: Text;
  unit: string | null;
}

export interface Attribution {
  agency: Text;
  licence: string | null;
  year: number | null;
  url: string | null;
}

export interface Layer {
  id: string;
  title: Text;
  description: Text | null;
  theme: string | null;
  dataset: string;
  geometry: Geometry | null;
  feature_count: number | null;
  attribution: Attribution | null;
  columns: Column[];
  /** Inner layers of an archive published whole; empty for any other layer. */
  vector_layers: InnerLayer[];
  bounds: Bounds | null;
  min_zoom: number | null;
  max_zoom: number | null;
  available: boolean;
  /**
   * Reason for which the layer's data is not on the server; `null` where it is, or may come
   * back.
   */
  absent: Text | null;
  /** The newest period, which the map shows, if the data does not reach its end; else `null`. */
  partial_period: string | null;
  /** Whether only staff see the layer; the public catalog does not list such layers. */
  staff: boolean;
  /** Whether the layer is a background for others rather than a subject of its own. */
  background: boolean;
}

/** One of several vector-tile layers that are published under one layer's id. */
export interface InnerLayer {
  /** Name in the tiles and in styles; the only one. */
  id: string;
  columns: Column[];
}

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

export interface Theme {
  id: string;
  title: Text;
  order: number;
  /** Layer that the theme opens with; `null` where the catalog names none. */
  opening_map: string | null;
}

export interface Dataset {
  id: string;
  title: Text;
  field: string | null;
}

export interface District {
  title: Text;
  bounds: Bounds | null;
  attribution: Text | null;
  notice: Text | null;
  /** Whether styles have a base of their own, so that maps need no others beneath them. */
  base_map: boolean;
}

export interface Catalog {
  datasets: Dataset[];
  themes: Theme[];
  layers: Layer[];
  district: District;
}

/** A failure to fetch or read the catalog, by its kind. */
export class CatalogError extends Error {
  constructor(
    readonly kind: "network" | "status" | "content",
    readonly detail: string,
  ) {
    super(`catalog: ${kind} (${detail})`);
    this.name = "CatalogError";
  }
}

/** Fetches the catalog, which lies beside the page. */
export async function fetchCatalog(base: string): Promise<Catalog> {
  // Revalidated each time, which costs a 304: a retry needs the present state.
  const init: RequestInit = { cache: "no-cache", headers: { accept: "application/json" } };
  let answer: Response;
  try {
    answer = await fetch(new URL("catalog.json", base), init);
  } catch (error) {
    throw new CatalogError("network", String(error));
  }
  if (!answer.ok) throw new CatalogError("status", String(answer.status));
  try {
    return parseCatalog(await answer.json());
  } catch (error) {
    throw new CatalogError("content", String(error));
  }
}

type Loose = Record<string, unknown>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is Text =>
  isObject(value) && typeof value["ko"] === "string" && typeof value["en"] === "string";

function objects(value: unknown): Loose[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown, fallback: string): Text {
  if (!isText(value)) return { ko: fallback, en: fallback };
  return { ko: value.ko || value.en || fallback, en: value.en || value.ko || fallback };
}

const optionalText = (value: unknown): Text | null =>
  isText(value) && (value.ko !== "" || value.en !== "") ? text(value, "") : null;
const string = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

function bounds(value: unknown): Bounds | null {
  if (!Array.isArray(value) || value.length !== 4 || !value.every(Number.isFinite)) return null;
  const [west, south, east, north] = value as Bounds;
  return west <= east && south <= north ? [west, south, east, north] : null;
}

/**
 * Reads a catalog. Fields this page does not know are ignored and missing ones
 * get a neutral value, so that page and server need not change on one day.
 */
export function parseCatalog(value: unknown): Catalog {
  if (!isObject(value) || !Array.isArray(value["layers"])) throw new Error("no list of layers");
  const district = isObject(value["district"]) ? value["district"] : {};
  const themes = objects(value["themes"]).flatMap((theme): Theme[] => {
    const id = string(theme["id"]);
    return id ? [{ id, title: text(theme["title"], id), order: number(theme["order"]) ?? 0, opening_map: string(theme["opening_map"]) }] : [];
  });
  return {
    datasets: objects(value["datasets"]).flatMap((dataset): Dataset[] => {
      const id = string(dataset["id"]);
      return id ? [{ id, title: text(dataset["title"], id), field: string(dataset["field"]) }] : [];
    }),
    // The sort is stable: themes of one order keep the catalog's sequence.
    themes: themes.sort((a, b) => a.order - b.order),
    layers: objects(value["layers"]).flatMap((layer): Layer[] => {
      const id = string(layer["id"]);
      return id ? [parseLayer(id, layer)] : [];
    }),
    district: {
      title: text(district["title"], ""),
      bounds: bounds(district["bounds"]),
      attribution: optionalText(district["attribution"]),
      notice: optionalText(district["notice"]),
      base_map: district["base_map"] === true,
    },
  };
}

function parseLayer(id: string, layer: Loose): Layer {
  const geometry = layer["geometry"];
  const attribution = layer["attribution"];
  return {
    id,
    title: text(layer["title"], id),
    description: optionalText(layer["description"]),
    theme: string(layer["theme"]),
    dataset: string(layer["dataset"]) ?? id,
    geometry:
      geometry === "point" || geometry === "line" || geometry === "polygon" || geometry === "mixed"
        ? geometry
        : null,
    feature_count: number(layer["feature_count"]),
    attribution: isObject(attribution)
      ? {
          agency: text(attribution["agency"], ""),
          licence: string(attribution["licence"]),
          year: number(attribution["year"]),
          url: string(attribution["url"]),
        }
      : null,
    columns: parseColumns(layer["columns"]),
    vector_layers: objects(layer["vector_layers"]).flatMap((inner): InnerLayer[] => {
      const name = string(inner["id"]);
      return name ? [{ id: name, columns: parseColumns(inner["columns"]) }] : [];
    }),
    bounds: bounds(layer["bounds"]),
    min_zoom: number(layer["min_zoom"]),
    max_zoom: number(layer["max_zoom"]),
    available: layer["available"] !== false,
    absent: layer["state"] === "absent" ? text(layer["reason"], "") : null,
    partial_period: partialPeriod(layer["time"]),
    staff: layer["visibility"] === "staff",
    background: layer["background"] === true,
  };
}

/** The newest period of a layer's times, if it is among the partial ones; else `null`. */
function partialPeriod(time: unknown): string | null {
  if (!isObject(time) || !Array.isArray(time["partial"])) return null;
  const last = string(time["last"]);
  return last !== null && time["partial"].includes(last) ? last : null;
}

function parseColumns(value: unknown): Column[] {
  return objects(value).flatMap((column): Column[] => {
    const name = string(column["name"]);
    if (!name) return [];
    const title = text(column["title"], name);
    return [{ name, type: string(column["type"]), title, unit: string(column["unit"]) }];
  });
}

/** The names under which a layer's features are in the tiles. */
export function sourceLayers(layer: Layer): string[] {
  return layer.vector_layers.length > 0 ? layer.vector_layers.map((inner) => inner.id) : [layer.id];
}

export interface Group {
  /** `null` for layers that belong to no theme. */
  theme: Theme | null;
  layers: Layer[];
}

/** The layers by theme, themes in order, layers without one at the end. */
export function groupByTheme(catalog: Catalog): Group[] {
  const known = new Set(catalog.themes.map((theme) => theme.id));
  const groups: Group[] = catalog.themes.map((theme) => ({
    theme,
    layers: catalog.layers.filter((layer) => layer.theme === theme.id),
  }));
  const others = catalog.layers.filter((layer) => layer.theme === null || !known.has(layer.theme));
  groups.push({ theme: null, layers: others });
  return groups.filter((group) => group.layers.length > 0);
}

/** Text normalized for search: without case, spaces and middle dots. */
function folded(text: string): string {
  return text.normalize("NFC").toLocaleLowerCase().replace(/[\s·ㆍ・,()]+/g, "");
}

/** Whether title, description and theme of a layer, in either language, contain every word. */
export function matches(layer: Layer, theme: Theme | null, query: string): boolean {
  const said = [layer.title, layer.description, theme?.title].flatMap((text) => (text ? [text.ko, text.en] : []));
  const all = [layer.id, ...said].map(folded).join("\n");
  return query
    .split(/\s+/)
    .map(folded)
    .every((word) => all.includes(word));
}

/** The smallest box around the district, or around all layers. */
export function homeBounds(catalog: Catalog): Bounds | null {
  if (catalog.district.bounds) return catalog.district.bounds;
  const boxes = catalog.layers.flatMap((layer) => (layer.bounds ? [layer.bounds] : []));
  if (boxes.length === 0) return null;
  return boxes.reduce((a, b) => [
    Math.min(a[0], b[0]),
    Math.min(a[1], b[1]),
    Math.max(a[2], b[2]),
    Math.max(a[3], b[3]),
  ]);
}
