// The map: the page's interface to MapLibre.

import {
  AttributionControl,
  type LayerSpecification,
  LngLatBounds,
  Map as MapLibre,
  type MapGeoJSONFeature,
  ScaleControl,
  type StyleSpecification,
  type VectorTileSource,
} from "maplibre-gl";
import type { Bounds } from "./catalog.ts";
import type { Here } from "./here.ts";
import type { View } from "./location.ts";
import { emptyStyle, HIGHLIGHT, highlightLayers, prepare, SOURCE, sourceLayer, sourceUrl } from "./style.ts";

export interface Trouble {
  /** The HTTP status; 0 without one. */
  status: number;
  /** The server's explanation, in English. */
  detail: string;
}

export interface MapEvents {
  inspected(point: { x: number; y: number }, byKeyboard: boolean): void;
  moved(): void;
  zoomed(): void;
  busy(): void;
  idle(): void;
  /** Called when a request failed, which may succeed later. */
  troubled(trouble: Trouble): void;
  /** Called when something can't be drawn, now or later. */
  failed(): void;
}

/** View without a district or a layer: the inhabited earth. */
const EARTH: Bounds = [-180, -60, 180, 75];
/** Padding for the tools at the right and the attribution below, in pixels. */
const PADDING = { top: 20, right: 64, bottom: 44, left: 20 };
/**
 * Search distances around a pointer or finger, in pixels, tried from the nearest until
 * something is found.
 */
const REACH = { fine: [2, 5], coarse: [3, 7, 12] };

export class MapView {
  readonly #map: MapLibre;
  readonly #events: MapEvents;
  #highlight: LayerSpecification[] = [];
  #style: StyleSpecification = emptyStyle();
  /** Colour of the map's background, which is no data. */
  readonly #ground = colour("--ground");
  readonly #mark = colour("--mark");

  constructor(container: HTMLElement, place: View | null, home: Bounds | null, here: Here, events: MapEvents) {
    this.#events = events;
    this.#map = new MapLibre({
      container,
      style: prepare(emptyStyle(), this.#ground, []),
      transformRequest: (url) => ({ url: here.resolve(url) }),
      ...(place
        ? { center: [place.lng, place.lat], zoom: place.zoom }
        : { bounds: home ?? EARTH, fitBoundsOptions: { padding: PADDING } }),
      maxZoom: 20,
      attributionControl: false,
      // The data lie flat and are compared side by side.
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      renderWorldCopies: false,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.addControl(new AttributionControl({ compact: false }), "bottom-right");
    this.#map.addControl(new ScaleControl({ maxWidth: 120, unit: "metric" }), "bottom-right");

    this.#map.on("click", (event) => events.inspected(event.point, false));
    this.#map.on("moveend", () => events.moved());
    this.#map.on("zoom", () => events.zoomed());
    this.#map.on("dataloading", () => events.busy());
    this.#map.on("idle", () => events.idle());
    this.#map.on("error", (event) => void this.#report(event.error));
    this.#map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.inspectCentre();
    });
  }

  /** Names the elements that MapLibre made. */
  label(map: string, help: string): void {
    const canvas = this.#map.getCanvas();
    canvas.setAttribute("aria-label", map);
    canvas.setAttribute("aria-description", help);
  }

  inspectCentre(): void {
    this.#events.inspected(this.#map.project(this.#map.getCenter()), true);
  }

  focus(): void {
    this.#map.getCanvas().focus();
  }

  get zoom(): number {
    return this.#map.getZoom();
  }

  get view(): View {
    const { lng, lat } = this.#map.getCenter();
    return { zoom: this.#map.getZoom(), lat, lng };
  }

  set view(view: View) {
    this.#map.jumpTo({ center: [view.lng, view.lat], zoom: view.zoom });
  }

  goHome(bounds: Bounds): void {
    this.#map.fitBounds(new LngLatBounds(bounds), { padding: PADDING });
  }

  zoomBy(steps: number): void {
    this.#map.easeTo({ zoom: Math.round(this.#map.getZoom() * 2) / 2 + steps, duration: 200 });
  }

  /**
   * Zooms to a level, and moves to the middle of `bounds` if the map's centre lies outside
   * of them.
   */
  zoomTo(zoom: number, bounds: Bounds | null): void {
    const box = bounds && new LngLatBounds(bounds);
    const here = this.#map.getCenter();
    const center = !box || box.contains(here) ? here : box.getCenter();
    this.#map.easeTo({ center, zoom });
  }

  /**
   * Draws a style. Replacing the source would blank the map until the new tiles are loaded,
   * so the source is pointed to its new URL instead, and old tiles stay until new ones take
   * their place. `zooms` are those of the new tiles, and `afresh` requests tiles of the
   * same URL again.
   */
  async draw(style: StyleSpecification, zooms: [number, number], afresh: boolean, signal: AbortSignal): Promise<void> {
    await this.#styleLoaded();
    if (signal.aborted) return;
    const { center: _center, zoom: _zoom, ...still } = style;
    this.#style = still as StyleSpecification;
    const source = this.#map.getSource<VectorTileSource>(SOURCE);
    const url = sourceUrl(style);
    if (source && url && (afresh || source.url !== url)) {
      // Style layers are checked against the TileJSON when it arrives: those
      // that it no longer describes go first, new ones come after it.
      const common = this.#remainder(this.#style);
      const zoom = Math.min(Math.floor(this.#map.getZoom()), source.maxzoom);
      // Style layers of the base stay in any case: the source of the maps is not theirs.
      const stays = common.layers.some((layer) => sourceLayer(layer) && "source" in layer && layer.source === SOURCE);
      if (stays && zoom >= zooms[0] && zoom <= zooms[1]) {
        this.#map.setStyle(common, { diff: true, validate: false });
        const described = this.#described(signal);
        source.setUrl(url);
        await described;
        if (signal.aborted) return;
      } else {
        // Nothing stays to be seen, or the tiles in sight are of a zoom that
        // the new source does not have and would be asked for in vain.
        this.#map.setStyle(prepare(emptyStyle(), this.#ground, []), { diff: true, validate: false });
      }
    }
    this.#apply();
  }

  /** The common part of the present style and the next, over the present data. */
  #remainder(next: StyleSpecification): StyleSpecification {
    const present = this.#map.getStyle();
    const ids = new Set(present.layers.map((layer) => layer.id));
    const layers = next.layers.filter((layer) => ids.has(layer.id));
    return prepare({ ...next, sources: present.sources, layers }, this.#ground, []);
  }

  #apply(): void {
    this.#map.setStyle(prepare(this.#style, this.#ground, this.#highlight), { diff: true, validate: false });
  }

  /** Makes MapLibre fire `idle` once more, even if nothing changes. */
  settle(): void {
    this.#map.triggerRepaint();
  }

  async #styleLoaded(): Promise<void> {
    if (!this.#map.style._loaded) await this.#map.once("style.load");
  }

  /** Resolves when the source's TileJSON is loaded, on an error, or on abort. */
  #described(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#map.off("sourcedata", loaded);
        this.#map.off("error", done);
        resolve();
      };
      const loaded = (event: { sourceId?: string; sourceDataType?: string }) => {
        if (event.sourceId === SOURCE && event.sourceDataType === "metadata") done();
      };
      this.#map.on("sourcedata", loaded);
      this.#map.on("error", done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** The drawn features at a point, the topmost first. */
  at(point: { x: number; y: number }): MapGeoJSONFeature[] {
    const layers = this.#map
      .getStyle()
      .layers.filter((layer) => "source" in layer && layer.source === SOURCE)
      .map((layer) => layer.id)
      .filter((id) => !id.startsWith(HIGHLIGHT));
    if (layers.length === 0) return [];
    // Areas are meant exactly; lines and points are too thin to hit.
    const areas = this.#map.queryRenderedFeatures([point.x, point.y], { layers }).filter(isArea);
    for (const reach of matchMedia("(pointer: coarse)").matches ? REACH.coarse : REACH.fine) {
      const box: [[number, number], [number, number]] = [
        [point.x - reach, point.y - reach],
        [point.x + reach, point.y + reach],
      ];
      const thin = this.#map.queryRenderedFeatures(box, { layers }).filter((feature) => !isArea(feature));
      if (thin.length > 0) return [...thin, ...areas];
    }
    return areas;
  }

  /** Moves the map if the place at a point would leave the view as panels open. */
  keepInSight(point: { x: number; y: number }): void {
    const place = this.#map.unproject([point.x, point.y]);
    // The map takes its new size a frame after the page does.
    setTimeout(() => {
      const { x, y } = this.#map.project(place);
      const { clientWidth, clientHeight } = this.#map.getContainer();
      const margin = 40;
      const inside = x > margin && y > margin && x < clientWidth - margin && y < clientHeight - margin;
      if (!inside) this.#map.panTo(place);
    }, 120);
  }

  /** Marks one feature, or none. */
  highlight(layer: string | null, filter: unknown[] | null): void {
    this.#highlight = layer && filter ? highlightLayers(layer, filter, this.#mark) : [];
    if (this.#map.style._loaded) this.#apply();
  }

  async #report(error: Error & { status?: number; body?: Blob }): Promise<void> {
    if (error.status === undefined) {
      // No request failed: something is wrong with the style or this page.
      console.error(error);
      this.#events.failed();
      return;
    }
    let detail = error.message;
    try {
      const body = error.body ? (JSON.parse(await error.body.text()) as { detail?: string }) : null;
      detail = body?.detail ?? detail;
    } catch {
      // A proxy's own page explains nothing that the status does not.
    }
    this.#events.troubled({ status: error.status, detail });
  }
}

/** A colour of the style sheet. */
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const isArea = (feature: MapGeoJSONFeature): boolean => feature.geometry.type.endsWith("Polygon");

/** Whether the browser can draw the map at all. */
export function canDraw(): boolean {
  return document.createElement("canvas").getContext("webgl2") !== null;
}
