// The legend's box over the map: open or folded, with layers that are out of sight.

import type { StyleSpecification } from "maplibre-gl";
import type { Layer } from "./catalog.ts";
import { part } from "./dom.ts";
import { legend } from "./legend.ts";
import { legendPanel } from "./legend-panel.ts";
import type { Language } from "./location.ts";
import { groundOf, visibility } from "./style.ts";
import { words } from "./words.ts";

/** Media query of small screens: the legend begins folded, as it would cover most of the map. */
const SMALL = "(max-width: 767px)";

/** Subject of the legend: the selected layers and their style. */
export interface Explained {
  style: StyleSpecification;
  layers: readonly Layer[];
  zoom: number;
  language: Language;
}

export class LegendBox {
  #open = !matchMedia(SMALL).matches;
  #states = "";

  render({ style, layers, zoom, language }: Explained): void {
    const text = words(language);
    const hidden = (id: string) => {
      const layer = layers.find((entry) => entry.id === id);
      const state = layer ? visibility(layer, style, zoom) : "visible";
      if (state === "visible") return null;
      return state === "zoom-in" ? text.zoomToSee : text.zoomOutToSee;
    };
    // Chosen but not drawn yet: the style is on its way.
    const empty = layers.length > 0 ? text.loading : text.noLegend;
    const box = part("legend");
    box.setAttribute("aria-label", text.legend);
    box.style.setProperty("--legend-ground", groundOf(style) ?? "var(--ground)");
    box.replaceChildren(
      legendPanel(legend(style, layers), hidden, language, this.#open, empty, (open) => {
        this.#open = open;
      }),
    );
  }

  /** Updates the legend for a zoom; cheap where no layer begins or ends to be drawn. */
  follow(explained: Explained): void {
    const { style, layers, zoom } = explained;
    const states = layers.map((layer) => `${layer.id} ${visibility(layer, style, zoom)}`).join();
    if (states === this.#states) return;
    this.#states = states;
    this.render(explained);
  }
}
