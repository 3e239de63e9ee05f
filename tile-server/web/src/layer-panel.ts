// The list of layers: themes as groups, a search and a checkbox each.

import { badges, partialNote } from "./badge.ts";
import { type Catalog, groupByTheme, type Layer, matches, type Theme } from "./catalog.ts";
import { h, icon } from "./dom.ts";
import { number } from "./format.ts";
import type { Language } from "./location.ts";
import type { Visibility } from "./style.ts";
import { words } from "./words.ts";

export interface PanelEvents {
  toggled(id: string, on: boolean): void;
  cleared(): void;
  zoomWanted(layer: Layer): void;
}

export interface PanelState {
  selected: ReadonlySet<string>;
  unavailable: ReadonlySet<string>;
  visibility(layer: Layer): Visibility;
}

interface Row {
  layer: Layer;
  theme: Theme | null;
  element: HTMLElement;
  box: HTMLInputElement;
  state: HTMLElement;
  /** Shows or hides the description, where there is one. */
  describe: ((open: boolean) => void) | null;
  /** Name of the state that `state` shows, so that the element changes only with the state. */
  shown: string;
}

interface Section {
  element: HTMLDetailsElement;
  count: HTMLElement;
  rows: Row[];
}

/** Number of layers up to which all groups are open at first; beyond, only those in use. */
const FEW = 30;

export class LayerPanel {
  readonly element: HTMLElement;
  readonly #language: Language;
  readonly #events: PanelEvents;
  readonly #sections: Section[];
  readonly #search: HTMLInputElement;
  readonly #result: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #clear: HTMLButtonElement;
  /** The layers whose descriptions are open. */
  readonly #described: Set<string>;
  /** Groups that were open before a search opened others; `null` without a search. */
  #before: boolean[] | null = null;

  constructor(catalog: Catalog, language: Language, selected: ReadonlySet<string>, before: LayerPanel | null, events: PanelEvents) {
    const text = words(language);
    this.#language = language;
    this.#events = events;
    this.#search = h("input", {
      type: "search",
      id: "search",
      value: before?.query ?? "",
      placeholder: text.searchHint,
      autocomplete: "off",
      oninput: () => this.#filter(),
    });
    this.#result = h("p", { class: "search-result", role: "status" });
    this.#summary = h("span", { class: "shown-count" });
    this.#clear = h(
      "button",
      { type: "button", class: "text-button", onclick: () => events.cleared() },
      text.clearSelection,
    );
    this.#described = new Set(before ? before.#described : []);
    const open = before?.openGroups ?? new Map<string, boolean>();
    this.#sections = groupByTheme(catalog).map((group) => {
      const used = catalog.layers.length <= FEW || group.layers.some((layer) => selected.has(layer.id));
      return this.#section(group.theme, group.layers, open.get(group.theme?.id ?? "") ?? used);
    });
    this.element = h(
      "div",
      { class: "layer-panel" },
      h(
        "div",
        { class: "search" },
        h("label", { for: "search", class: "unseen" }, text.search),
        icon("search"),
        this.#search,
      ),
      h("div", { class: "panel-row" }, this.#summary, this.#clear),
      this.#result,
      ...this.#sections.map((section) => section.element),
    );
    this.#filter();
  }

  get query(): string {
    return this.#search.value;
  }

  /** Groups by theme and whether each is open, apart from those that a search opened. */
  get openGroups(): Map<string, boolean> {
    return new Map(
      this.#sections.map(({ element }, index) => [element.dataset["theme"] ?? "", this.#before?.[index] ?? element.open]),
    );
  }

  #section(theme: Theme | null, layers: Layer[], open: boolean): Section {
    const title = theme?.title[this.#language] ?? words(this.#language).otherLayers;
    const rows = layers.map((layer) => this.#row(layer, theme));
    const count = h("span", { class: "group-count" });
    const element = h(
      "details",
      { class: "group", open, "data-theme": theme?.id ?? "" },
      h("summary", {}, h("h3", {}, title), count, icon("chevron")),
      h("ul", {}, ...rows.map((row) => row.element)),
    );
    return { element, count, rows };
  }

  #row(layer: Layer, theme: Theme | null): Row {
    const language = this.#language;
    const text = words(language);
    const note = partialNote(layer, language);
    const partial = note && h("p", { class: "layer-partial", id: `partial-${layer.id}` }, note);
    const box = h("input", {
      type: "checkbox",
      value: layer.id,
      "aria-describedby": partial ? `state-${layer.id} ${partial.id}` : `state-${layer.id}`,
      // It stays where the keyboard and a screen reader find it, with the reason.
      onclick: (event: Event) => {
        if (box.getAttribute("aria-disabled") === "true") event.preventDefault();
      },
      onchange: () => this.#events.toggled(layer.id, box.checked),
    });
    const state = h("p", { class: "layer-state", id: `state-${layer.id}` });
    const about = this.#about(layer);
    const count = layer.feature_count;
    const element = h(
      "li",
      { class: "layer", "data-layer": layer.id },
      h(
        "div",
        { class: "layer-head" },
        h(
          "label",
          {},
          box,
          h("span", { class: "layer-title" }, layer.title[language], badges(layer, language)),
          count === null
            ? null
            : h("span", { class: "layer-count" }, text.features(number(count, language))),
        ),
        about?.button,
      ),
      about?.description,
      partial,
      state,
    );
    return { layer, theme, element, box, state, describe: about?.describe ?? null, shown: "" };
  }

  /** A layer's description, and the button that shows it. */
  #about(layer: Layer) {
    const said = layer.description?.[this.#language];
    if (!said) return null;
    const name = words(this.#language).about(layer.title[this.#language]);
    const description = h("p", { class: "layer-about", id: `about-${layer.id}` }, said);
    const button = h(
      "button",
      {
        type: "button",
        class: "icon-button about-button",
        "aria-label": name,
        "aria-controls": description.id,
        title: name,
        onclick: () => {
          const open = !this.#described.delete(layer.id);
          if (open) this.#described.add(layer.id);
          describe(open);
        },
      },
      icon("about"),
    );
    const describe = (open: boolean) => {
      description.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    };
    describe(this.#described.has(layer.id));
    return { button, description, describe };
  }

  /** Shows the state of every layer, changing only the differences. */
  update(state: PanelState): void {
    const text = words(this.#language);
    let total = 0;
    for (const section of this.#sections) {
      let on = 0;
      for (const row of section.rows) {
        const selected = state.selected.has(row.layer.id);
        if (selected) on += 1;
        row.box.checked = selected;
        const absent = row.layer.absent !== null;
        const unavailable = !absent && (!row.layer.available || state.unavailable.has(row.layer.id));
        // One that is on can always be switched off.
        row.box.setAttribute("aria-disabled", String((absent || unavailable) && !selected));
        row.element.classList.toggle("absent", absent);
        row.element.classList.toggle("unavailable", unavailable);
        const without = absent ? "absent" : unavailable ? "unavailable" : null;
        this.#show(row, without ?? (selected ? state.visibility(row.layer) : "visible"));
      }
      section.count.textContent = `${on}/${section.rows.length}`;
      total += on;
    }
    this.#summary.textContent = text.shown(total);
    this.#clear.hidden = total === 0;
  }

  #show(row: Row, shown: Visibility | "unavailable" | "absent"): void {
    if (row.shown === shown) return;
    row.shown = shown;
    const text = words(this.#language);
    const title = row.layer.title[this.#language];
    if (shown === "absent") {
      row.state.replaceChildren(row.layer.absent?.[this.#language] || text.absent);
    } else if (shown === "unavailable") {
      row.state.replaceChildren(text.unavailable);
    } else if (shown === "visible") {
      row.state.replaceChildren();
    } else {
      const label = shown === "zoom-in" ? text.zoomToSee : text.zoomOutToSee;
      row.state.replaceChildren(
        h(
          "button",
          {
            type: "button",
            class: "text-button",
            "aria-label": `${label}: ${text.zoomToLayer(title)}`,
            onclick: () => this.#events.zoomWanted(row.layer),
          },
          label,
        ),
      );
    }
  }

  #filter(): void {
    const text = words(this.#language);
    const query = this.#search.value.trim();
    if (query !== "" && this.#before === null) {
      this.#before = this.#sections.map((section) => section.element.open);
    }
    let found = 0;
    this.#sections.forEach((section, index) => {
      let here = 0;
      for (const row of section.rows) {
        const hit = matches(row.layer, row.theme, query);
        row.element.hidden = !hit;
        // A match in the description alone opens the description.
        const named = matches({ ...row.layer, description: null }, row.theme, query);
        row.describe?.(this.#described.has(row.layer.id) || (hit && !named));
        if (hit) here += 1;
      }
      section.element.hidden = here === 0;
      if (query !== "") section.element.open = here > 0;
      else if (this.#before) section.element.open = this.#before[index] ?? true;
      found += here;
    });
    if (query === "") this.#before = null;
    this.#result.textContent = query === "" ? "" : found === 0 ? text.nothingFound : text.found(found);
  }
}
