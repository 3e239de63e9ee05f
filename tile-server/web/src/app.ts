// The page: its state, and what each part does to the others.

import type { StyleSpecification } from "maplibre-gl";
import { type Catalog, CatalogError, fetchCatalog, homeBounds } from "./catalog.ts";
import { header, hideFailure, mapTools, pageTitle, showEmpty, showFailure, showNotice } from "./chrome.ts";
import { part } from "./dom.ts";
import { fontsReady } from "./fonts.ts";
import { Inspector } from "./inspector.ts";
import { LayerPanel } from "./layer-panel.ts";
import { legend } from "./legend.ts";
import { legendPanel } from "./legend-panel.ts";
import { formatPlace, type Language, parsePlace, type Place } from "./location.ts";
import { canDraw, MapView, type Trouble } from "./map-view.ts";
import { Notices } from "./notices.ts";
import { loadContrast, loadLanguage, saveContrast, saveLanguage } from "./preferences.ts";
import { Retry } from "./retry.ts";
import { drawingOrder, MOST_LAYERS, openingSelection } from "./selection.ts";
import { fillSidePanel } from "./side-panel.ts";
import { emptyStyle, fetchStyle, idsIn, inLanguage, sourceLayer, styleUrl, unavailable, visibility, zooms } from "./style.ts";
import { type Words, words } from "./words.ts";

/** After how long a catalog is asked for again, in milliseconds. */
const REFRESH = 5 * 60 * 1000;
const SMALL = "(max-width: 767px)";

export class App {
  readonly #base = document.baseURI;
  readonly #notices = new Notices();
  readonly #retry = new Retry(() => void this.#recover());
  #language: Language;
  #strong = loadContrast();
  #catalog: Catalog | null = null;
  #selected = new Set<string>();
  #map: MapView | null = null;
  #panel: LayerPanel | null = null;
  #style: StyleSpecification = emptyStyle();
  #missing = new Set<string>();
  #loading: AbortController | null = null;
  #drawing = 0;
  #announced = false;
  #catalogAge = 0;
  #legendOpen = !matchMedia(SMALL).matches;
  #panelOpen = true;
  readonly #inspector = new Inspector(this.#notices, () => {
    const { catalog, map } = { catalog: this.#catalog, map: this.#map };
    return catalog && map ? { catalog, map, language: this.#language } : null;
  });
  /** Whether something failed since the last attempt began. */
  #troubled = false;

  constructor() {
    this.#language = parsePlace(location.hash).language ?? loadLanguage();
    addEventListener("popstate", () => this.#follow(parsePlace(location.hash)));
    document.addEventListener("visibilitychange", () => void this.#refresh());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#inspector.close();
    });
    for (const [link, target] of [["skip-map", "map"], ["skip-panel", "panel"]] as const) {
      // A fragment is taken: the address holds the map's state.
      part(link).addEventListener("click", (event) => {
        event.preventDefault();
        if (target === "map" && this.#map) this.#map.focus();
        else part(target).focus();
      });
    }
  }

  get #text(): Words {
    return words(this.#language);
  }

  async start(): Promise<void> {
    this.#renderChrome();
    if (!canDraw()) {
      showFailure(this.#text.noWebgl, this.#language, () => location.reload());
      return;
    }
    this.#announceLoading();
    try {
      this.#catalog = await fetchCatalog(this.#base);
    } catch (error) {
      showFailure(this.#explain(error), this.#language, () => void this.start());
      return;
    }
    this.#catalogAge = performance.now();
    this.#renderChrome();
    if (this.#catalog.layers.length === 0) {
      showEmpty(this.#language, () => void this.start());
      return;
    }
    hideFailure();
    const place = parsePlace(location.hash);
    this.#choose(place.layers);
    // A glyph drawn before its font is there keeps the fallback's shape.
    await fontsReady();
    this.#makeMap(place);
    this.#renderPanels();
    await this.#draw(false);
  }

  /** Loading is announced after what the reader did, not with every pan. */
  #announceLoading(): void {
    this.#announced = true;
    this.#notices.say(this.#text.loading);
  }

  #explain(error: unknown): string {
    if (!(error instanceof CatalogError)) return this.#text.catalogContent;
    if (error.kind === "network") return this.#text.catalogNetwork;
    return error.kind === "status" ? this.#text.catalogStatus(error.detail) : this.#text.catalogContent;
  }

  #choose(wanted: string[] | null): void {
    const catalog = this.#catalog;
    if (!catalog) return;
    if (wanted === null) {
      this.#selected = new Set(openingSelection(catalog));
      return;
    }
    const known = new Set(catalog.layers.map((layer) => layer.id));
    this.#selected = new Set(wanted.filter((id) => known.has(id)));
    const lost = wanted.length - this.#selected.size;
    if (lost > 0) this.#notices.show("unknown", this.#text.unknownLayers(lost), this.#text.dismiss, 15);
  }

  #makeMap(place: Place): void {
    if (this.#map || !this.#catalog) return;
    const home = homeBounds(this.#catalog);
    const container = part("map");
    this.#map = new MapView(container, place.view, home, {
      inspected: (point, byKeyboard) => this.#inspector.inspect(point, byKeyboard),
      moved: () => this.#remember("replace"),
      zoomed: () => this.#updateStates(),
      busy: () => {
        container.dataset["state"] = "loading";
      },
      idle: () => this.#idle(container),
      troubled: (trouble) => this.#trouble(trouble),
      failed: () => this.#notices.show("failed", this.#text.drawTrouble, this.#text.dismiss, 20),
    });
    this.#map.label(this.#text.map, this.#text.mapHelp);
    this.#remember("replace");
  }

  // What is drawn

  async #draw(afresh: boolean): Promise<void> {
    const { catalog, map } = { catalog: this.#catalog, map: this.#map };
    if (!catalog || !map) return;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    part("map").dataset["state"] = "loading";
    this.#drawing += 1;
    const wanted = drawingOrder(catalog, this.#selected);
    const layers = wanted.filter((layer) => layer.available);
    const gone = wanted.filter((layer) => !layer.available).map((layer) => layer.id);
    try {
      const style =
        layers.length === 0
          ? emptyStyle()
          : await fetchStyle(
              styleUrl(
                this.#base,
                layers.map((layer) => layer.id),
                this.#language,
              ),
              afresh,
              loading.signal,
            );
      if (loading.signal.aborted) return;
      this.#style = style;
      this.#missing = new Set([...gone, ...unavailable(style)]);
      this.#renderLegend();
      this.#updateStates();
      const zooms: [number, number] = [
        Math.min(...layers.map((layer) => layer.min_zoom ?? 0)),
        Math.max(...layers.map((layer) => layer.max_zoom ?? 22)),
      ];
      await map.draw(inLanguage(style, this.#language), zooms, afresh, loading.signal);
      if (this.#missing.size > 0) this.#trouble({ status: 503, detail: "" });
    } catch {
      if (loading.signal.aborted) return;
      this.#troubled = true;
      this.#notices.show("trouble", this.#text.styleTrouble, this.#text.dismiss);
      this.#retry.schedule();
    } finally {
      this.#drawing -= 1;
      map.settle();
    }
  }

  #idle(container: HTMLElement): void {
    // While a style is on its way, what is drawn is the previous one.
    if (this.#drawing > 0) return;
    container.dataset["state"] = "idle";
    if (this.#troubled || this.#missing.size > 0) return;
    this.#retry.stop();
    const text = this.#text;
    if (this.#notices.hide("trouble")) this.#notices.say(text.recovered);
    else if (this.#announced) this.#notices.say(text.loaded);
    this.#announced = false;
  }

  #trouble(trouble: Trouble): void {
    this.#troubled = true;
    const named = [...this.#missing, ...idsIn(trouble.detail)]
      .map((id) => this.#catalog?.layers.find((layer) => layer.id === id))
      .filter((layer) => layer !== undefined);
    const titles = [...new Set(named.map((layer) => layer.title[this.#language]))];
    const text = titles.length > 0 ? this.#text.layerTrouble(titles.join(", ")) : this.#text.tileTrouble;
    this.#notices.show("trouble", text, this.#text.dismiss);
    this.#retry.schedule();
  }

  /** Asks anew what there is, then for all that is drawn. */
  async #recover(): Promise<void> {
    try {
      this.#catalog = await fetchCatalog(this.#base);
      this.#renderPanels();
    } catch {
      this.#retry.schedule();
      return;
    }
    this.#troubled = false;
    await this.#draw(true);
  }

  /** A tab that is come back to after a while shows what there is by now. */
  async #refresh(): Promise<void> {
    const old = this.#catalog;
    if (document.hidden || !old || !this.#map || performance.now() - this.#catalogAge < REFRESH) return;
    this.#catalogAge = performance.now();
    // Nobody asked for it, so failing is no news; tiles that fail are.
    const fresh = await fetchCatalog(this.#base).catch(() => old);
    if (JSON.stringify(fresh) === JSON.stringify(old)) return;
    this.#catalog = fresh;
    this.#renderChrome();
    this.#renderPanels();
    await this.#draw(true);
  }

  // What the reader does

  #toggle(id: string, on: boolean): void {
    if (on && this.#selected.size >= MOST_LAYERS) {
      this.#notices.show("most", this.#text.tooMany(MOST_LAYERS), this.#text.dismiss, 10);
      this.#updateStates();
      return;
    }
    if (on) this.#selected.add(id);
    else this.#selected.delete(id);
    this.#selectionChanged();
  }

  #selectionChanged(): void {
    this.#inspector.close(false);
    this.#remember("push");
    this.#updateStates();
    this.#announceLoading();
    void this.#draw(false);
  }

  #setLanguage(language: Language): void {
    if (language === this.#language) return;
    this.#language = language;
    saveLanguage(language);
    this.#remember("push");
    this.#relabel();
    part("language-button").focus();
  }

  /** Says everything again in the current language. */
  #relabel(): void {
    this.#renderChrome();
    this.#renderPanels();
    this.#inspector.render();
    this.#map?.label(this.#text.map, this.#text.mapHelp);
    void this.#draw(false);
  }

  #setContrast(strong: boolean): void {
    this.#strong = strong;
    saveContrast(strong);
    this.#renderChrome();
    part("contrast-button").focus();
  }

  async #copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.#notices.show("link", this.#text.copied, this.#text.dismiss, 6);
    } catch {
      // Without HTTPS, or where the reader forbids it.
      this.#notices.show("link", this.#text.copyFailed, this.#text.dismiss, 12);
    }
  }

  // The address

  #remember(how: "push" | "replace"): void {
    if (!this.#catalog) return;
    const layers = this.#catalog.layers.filter((layer) => this.#selected.has(layer.id)).map((layer) => layer.id);
    const hash = formatPlace({ layers, view: this.#map?.view ?? null, language: this.#language });
    if (hash === location.hash) return;
    if (how === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  /** Goes where the address says: back, forward, or typed by hand. */
  #follow(place: Place): void {
    if (!this.#catalog) return;
    this.#inspector.close(false);
    this.#choose(place.layers);
    const changed = place.language !== null && place.language !== this.#language;
    if (place.language) this.#language = place.language;
    if (place.view && this.#map) this.#map.view = place.view;
    if (changed) {
      this.#relabel();
    } else {
      this.#updateStates();
      void this.#draw(false);
    }
  }

  // What is seen

  #renderChrome(): void {
    const district = this.#catalog?.district ?? null;
    const text = this.#text;
    document.documentElement.lang = this.#language;
    document.documentElement.dataset["contrast"] = this.#strong ? "more" : "normal";
    document.title = pageTitle(district, this.#language);
    part("skip-map").textContent = text.skip;
    part("skip-panel").textContent = text.skipPanel;
    part("header").replaceChildren(
      ...header(district, this.#language, this.#strong, {
        languageWanted: (language) => this.#setLanguage(language),
        contrastWanted: (strong) => this.#setContrast(strong),
        linkWanted: () => void this.#copyLink(),
      }),
    );
    showNotice(district, this.#language);
    part("stage").setAttribute("aria-label", text.map);
    part("panel").setAttribute("aria-label", text.panel);
    part("map-tools").replaceChildren(
      ...mapTools(district, this.#language, {
        zoomed: (steps) => this.#map?.zoomBy(steps),
        homeWanted: () => {
          const home = this.#catalog && homeBounds(this.#catalog);
          if (home) this.#map?.goHome(home);
        },
        centreWanted: () => this.#map?.inspectCentre(),
      }),
    );
  }

  #renderPanels(): void {
    if (!this.#catalog) return;
    this.#panel = new LayerPanel(this.#catalog, this.#language, this.#selected, this.#panel, {
      toggled: (id, on) => this.#toggle(id, on),
      cleared: () => {
        this.#selected.clear();
        this.#selectionChanged();
        part("search").focus();
      },
      zoomWanted: (layer) => {
        const own = this.#style.layers.filter((entry) => sourceLayer(entry) === layer.id);
        const [first, last] = zooms(layer, own);
        const zoom = this.#map?.zoom ?? 0;
        this.#map?.zoomTo(zoom < first ? first + 0.01 : last - 0.01, layer.bounds);
      },
    });
    fillSidePanel(this.#panel.element, this.#catalog.district, this.#language, this.#panelOpen, (open) => {
      this.#panelOpen = open;
    });
    this.#renderLegend();
    this.#updateStates();
  }

  #renderLegend(): void {
    if (!this.#catalog) return;
    const layers = drawingOrder(this.#catalog, this.#selected);
    const box = part("legend");
    box.setAttribute("aria-label", this.#text.legend);
    const hidden = (id: string) => {
      const layer = layers.find((entry) => entry.id === id);
      const state = layer ? visibility(layer, this.#style, this.#map?.zoom ?? 0) : "visible";
      if (state === "visible") return null;
      return state === "zoom-in" ? this.#text.zoomToSee : this.#text.zoomOutToSee;
    };
    box.replaceChildren(
      legendPanel(legend(this.#style, layers), hidden, this.#language, this.#legendOpen, (open) => {
        this.#legendOpen = open;
      }),
    );
  }

  #lastStates = "";

  /** Follows the zoom: cheap where nothing begins or ends to be drawn. */
  #updateStates(): void {
    const zoom = this.#map?.zoom ?? 0;
    this.#panel?.update({
      selected: this.#selected,
      unavailable: this.#missing,
      visibility: (layer) => visibility(layer, this.#style, zoom),
    });
    const states = (this.#catalog?.layers ?? [])
      .filter((layer) => this.#selected.has(layer.id))
      .map((layer) => visibility(layer, this.#style, zoom))
      .join();
    if (states === this.#lastStates) return;
    this.#lastStates = states;
    this.#renderLegend();
  }
}
