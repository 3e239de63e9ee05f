// The page around the map: header, the district's notice and tools.

import { badge } from "./badge.ts";
import type { District } from "./catalog.ts";
import { h, icon, type IconName, part } from "./dom.ts";
import type { Language } from "./location.ts";
import { words } from "./words.ts";

export function pageTitle(district: District | null, language: Language): string {
  const text = words(language);
  return district?.title[language] ? `${district.title[language]} ${text.appName}` : text.appName;
}

export interface HeaderEvents {
  languageWanted(language: Language): void;
  contrastWanted(strong: boolean): void;
  linkWanted(): void;
}

/** The header; `staff` if some layers are for staff only. */
export function header(
  district: District | null,
  language: Language,
  strong: boolean,
  staff: boolean,
  events: HeaderEvents,
): HTMLElement[] {
  const text = words(language);
  const other: Language = language === "ko" ? "en" : "ko";
  // On small screens the words are hidden and remain as the names of buttons.
  const label = (name: string, drawing: IconName) => [icon(drawing), h("span", { class: "tool-text" }, name)];
  return [
    h("h1", {}, ...unbroken(pageTitle(district, language)), staff && [" ", badge(language)]),
    h(
      "div",
      { class: "header-tools" },
      h(
        "button",
        { type: "button", id: "link-button", class: "tool-button", title: text.copyLink, onclick: () => events.linkWanted() },
        ...label(text.copyLink, "link"),
      ),
      h(
        "button",
        {
          type: "button",
          id: "contrast-button",
          class: "tool-button",
          "aria-pressed": String(strong),
          title: text.contrast,
          onclick: () => events.contrastWanted(!strong),
        },
        ...label(text.contrast, "contrast"),
      ),
      h(
        "button",
        {
          type: "button",
          id: "language-button",
          class: "tool-button",
          lang: other,
          title: text.languageHint,
          onclick: () => events.languageWanted(other),
        },
        h("span", { class: "tool-short", "aria-hidden": "true" }, text.languageShort),
        h("span", { class: "tool-text" }, text.language),
      ),
    ),
  ];
}

/** A title that breaks between its words only, not after a hyphen. */
function unbroken(title: string): (HTMLElement | string)[] {
  return title.split(" ").flatMap((word, index) => [
    index > 0 ? " " : "",
    word.includes("-") ? h("span", { class: "unbroken" }, word) : word,
  ]);
}

/** Shows the notice open; on a phone, as two lines until it is tapped. */
export function showNotice(district: District | null, language: Language): void {
  const box = part("notice");
  const notice = district?.notice?.[language];
  box.hidden = !notice;
  if (!notice) return;
  const text = words(language);
  box.setAttribute("aria-label", text.notice);
  const button = h("button", { type: "button", class: "text-button" });
  const show = (open: boolean) => {
    box.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? text.less : text.more;
  };
  button.addEventListener("click", () => show(!box.classList.contains("open")));
  // Said again in another language, it stays as the reader left it.
  show(box.classList.contains("open"));
  box.replaceChildren(h("p", {}, h("strong", {}, text.notice), " ", notice), button);
}

export interface ToolEvents {
  zoomed(steps: number): void;
  homeWanted(): void;
  centreWanted(): void;
}

export function mapTools(district: District | null, language: Language, events: ToolEvents): HTMLElement[] {
  const text = words(language);
  const tool = (id: string, name: string, drawing: IconName, act: () => void) =>
    h("button", { type: "button", id, class: "map-button", "aria-label": name, title: name, onclick: act }, icon(drawing));
  const home = text.home(district?.title[language] ?? "");
  return [
    tool("zoom-in", text.zoomIn, "plus", () => events.zoomed(1)),
    tool("zoom-out", text.zoomOut, "minus", () => events.zoomed(-1)),
    tool("home", home, "home", () => events.homeWanted()),
    tool("inspect-centre", text.infoCentre, "target", () => events.centreWanted()),
  ];
}
