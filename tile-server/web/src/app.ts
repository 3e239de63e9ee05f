// The page: its state, and the effects of its parts on each other.

import type { StyleSpecification } from "maplibre-gl";
import { type Catalog, fetchCatalog, homeBounds, type Layer } from "./catalog.ts";
import { header, mapTools, pageTitle, showNotice } from "./chrome.ts";
import { part } from "./dom.ts";
import { FailureCard } from "./failure.ts";
import { fontsReady } from "./fonts.ts";
import { Here } from "./here.ts";
import { Inspector } from "./inspector.ts";
import { LayerPanel } from "./layer-panel.ts";
import { type Explained, LegendBox } from "./legend-box.ts";
import { formatPlace, type Language, parsePlace, type Place } from "./location.ts";
import { canDraw, MapView, type Trouble } from "./map-view.ts";
import { Notices } from "./notices.ts";
import { loadContrast, loadLanguage, saveContrast, saveLanguage } from "./preferences.ts";
import { Retry } from "./retry.ts";
import { drawingOrder, MOST_LAYERS, openingSelection, takeAbsent } from "./selection.ts";
import { copyLink } from "./share.ts";
import { shortcuts } from "./shortcuts.ts";
import { fillSidePanel } from "./side-panel.ts";
import { emptyStyle, fetchStyle, idsIn, inLanguage, sourceUrl, styleUrl, unavailable, visibility, zoomToSee } from "./style.ts";
import { type Words, words } from "./words.ts";

/** Age at which the catalog is fetched again, in milliseconds. */
const REFRESH = 5 * 60 * 1000;

export class App {
  readonly #base = document.baseURI;
  readonly #here = new Here(document.baseURI);
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
  readonly #legend = new LegendBox();
  readonly #failure = new FailureCard();
  /** Resolves once the map can be drawn on. */
  #ready: Promise<void> | null = null;
  #panelOpen = true;
  readonly #inspector = new Inspector(this.#notices, () => {
    const map = this.#map;
    return map ? { layers: this.#chosenLayers, map, language: this.#language } : null;
  });
  /** Whether something failed since the last attempt began. */
  #troubled = false;

  constructor() {
    this.#language = parsePlace(location.hash).language ?? loadLanguage();
    addEventListener("popstate", () => this.#follow(parsePlace(location.hash)));
    document.addEventListener("visibilitychange", () => void this.#refresh());
    shortcuts({
      mapWanted: () => (this.#map ? this.#map.focus() : part("stage").focus()),
      panelWanted: () => {
        // Without room for both panels, the inspector is closed for the list.
        if (!part("panel").checkVisibility()) this.#inspector.close(false);
        part("panel").focus();
      },
      escaped: () => this.#inspector.close(),
    });
  }

  get #text(): Words {
    return words(this.#language);
  }

  async start(): Promise<void> {
    this.#renderChrome();
    if (!canDraw()) {
      this.#failure.show({ kind: "no-webgl" }, this.#language, () => location.reload());
      return;
    }
    part("map").dataset["state"] = "loading";
    this.#announceLoading();
    const fonts = fontsReady();
    try {
      this.#catalog = await fetchCatalog(this.#base);
    } catch (error) {
      this.#failure.show({ kind: "catalog", error }, this.#language, () => void this.start());
      return;
    }
    this.#catalogAge = performance.now();
    this.#renderChrome();
    if (this.#catalog.layers.length === 0) {
      this.#failure.show({ kind: "empty" }, this.#language, () => void this.start());
      return;
    }
    this.#failure.hide();
    const place = parsePlace(location.hash);
    this.#choose(place.layers);
    this.#renderPanels();
    // A glyph drawn before its font is there keeps the fallback's shape, so the
    // map waits for fonts, and what it will need is fetched meanwhile.
    this.#ready = fonts.then(() => this.#makeMap(place));
    await this.#draw(false);
  }

  /** Announces loading after an action of the reader, not with every pan. */
  #announceLoading(): void {
    this.#announced = true;
    this.#notices.say(this.#text.loading);
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
    const absent = takeAbsent(catalog, this.#selected).map((layer) => layer.title[this.#language]);
    if (absent.length > 0) this.#notices.show("absent", this.#text.absentChosen(absent.join(", ")), this.#text.dismiss, 15);
  }

  #makeMap(place: Place): void {
    if (this.#map || !this.#catalog) return;
    const home = homeBounds(this.#catalog);
    const container = part("map");
    this.#map = new MapView(container, place.view, home, this.#here, {
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

  // Drawing

  async #draw(afresh: boolean): Promise<void> {
    const catalog = this.#catalog;
    if (!catalog || !this.#ready) return;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    part("map").dataset["state"] = "loading";
    this.#drawing += 1;
    const wanted = drawingOrder(catalog, this.#selected);
    const layers = wanted.filter((layer) => layer.available);
    // Absent layers do not come back by a retry.
    const gone = wanted.filter((layer) => !layer.available && !layer.absent).map((layer) => layer.id);
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
      const drawn = inLanguage(style, this.#language);
      const url = sourceUrl(drawn);
      this.#here.learn(drawn);
      // The map asks for it again and finds it in the browser's cache.
      if (url && !this.#map) void fetch(this.#here.resolve(url)).catch(() => {});
      await this.#ready;
      const map = this.#map;
      if (loading.signal.aborted || !map) return;
      this.#style = style;
      this.#missing = new Set([...gone, ...unavailable(style)]);
      this.#legend.render(this.#explained);
      this.#updateStates();
      const zooms: [number, number] = [
        Math.min(...layers.map((layer) => layer.min_zoom ?? 0)),
        Math.max(...layers.map((layer) => layer.max_zoom ?? 22)),
      ];
      await map.draw(drawn, zooms, afresh, loading.signal);
      if (this.#missing.size > 0) this.#trouble({ status: 503, detail: "" });
    } catch {
      if (loading.signal.aborted) return;
      this.#troubled = true;
      this.#notices.show("trouble", this.#text.styleTrouble, this.#text.dismiss);
      this.#retry.schedule();
    } finally {
      this.#drawing -= 1;
      this.#map?.settle();
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

  /** Fetches the catalog again, then everything that is drawn. */
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

  /** Refreshes an old catalog when the reader returns to the tab. */
  async #refresh(): Promise<void> {
    const old = this.#catalog;
    if (document.hidden || !old || !this.#map || performance.now() - this.#catalogAge < REFRESH) return;
    this.#catalogAge = performance.now();
    // No reader requested this: its failure is not reported, that of tiles is.
    const fresh = await fetchCatalog(this.#base).catch(() => old);
    if (JSON.stringify(fresh) === JSON.stringify(old)) return;
    this.#catalog = fresh;
    this.#renderChrome();
    this.#renderPanels();
    await this.#draw(true);
  }

  // Actions of the reader

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

  /** Renders every text again in the current language. */
  #relabel(): void {
    this.#renderChrome();
    this.#renderPanels();
    this.#failure.render(this.#language);
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

  get #chosenLayers(): Layer[] {
    return this.#catalog?.layers.filter((layer) => this.#selected.has(layer.id)) ?? [];
  }

  // The address

  #remember(how: "push" | "replace"): void {
    const { layers, view } = parsePlace(location.hash);
    const hash = formatPlace({
      layers: this.#catalog ? this.#chosenLayers.map((layer) => layer.id) : layers,
      view: this.#map?.view ?? view,
      language: this.#language,
    });
    if (hash === location.hash) return;
    if (how === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  /** Applies an address: back, forward, or typed by hand. */
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

  // Rendering

  #renderChrome(): void {
    const district = this.#catalog?.district ?? null;
    const text = this.#text;
    document.documentElement.lang = this.#language;
    document.documentElement.dataset["contrast"] = this.#strong ? "more" : "normal";
    document.title = pageTitle(district, this.#language);
    part("skip-map").textContent = text.skip;
    part("skip-panel").textContent = text.skipPanel;
    part("header").replaceChildren(
      ...header(district, this.#language, this.#strong, this.#catalog?.layers.some((layer) => layer.staff) ?? false, {
        languageWanted: (language) => this.#setLanguage(language),
        contrastWanted: (strong) => this.#setContrast(strong),
        linkWanted: () => void copyLink(this.#notices, this.#text, this.#chosenLayers.some((layer) => layer.staff)),
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
        this.#map?.zoomTo(zoomToSee(layer, this.#style, this.#map.zoom), layer.bounds);
      },
    });
    fillSidePanel(this.#panel.element, this.#catalog.district, this.#language, this.#panelOpen, (open) => {
      this.#panelOpen = open;
    });
    this.#legend.render(this.#explained);
    this.#updateStates();
  }

  get #explained(): Explained {
    const layers = this.#catalog ? drawingOrder(this.#catalog, this.#selected) : [];
    return { style: this.#style, layers, zoom: this.#map?.zoom ?? 0, language: this.#language };
  }

  #updateStates(): void {
    const zoom = this.#map?.zoom ?? 0;
    this.#panel?.update({
      selected: this.#selected,
      unavailable: this.#missing,
      visibility: (layer) => visibility(layer, this.#style, zoom),
    });
    this.#legend.follow(this.#explained);
  }
}
