// The reader's last choices. Storage may be forbidden; then nothing is kept.

import type { Language } from "./location.ts";

const LANGUAGE = "policy-map.language";
const CONTRAST = "policy-map.contrast";

function load(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function save(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice holds until the page is left.
  }
}

/** The chosen language, or Korean: residents do not choose their browser's language. */
export function loadLanguage(): Language {
  return load(LANGUAGE) === "en" ? "en" : "ko";
}

export function saveLanguage(language: Language): void {
  save(LANGUAGE, language);
}

/** Whether high contrast is on: as chosen here, else as the system asks for. */
export function loadContrast(): boolean {
  const saved = load(CONTRAST);
  return saved === null ? matchMedia("(prefers-contrast: more)").matches : saved === "more";
}

export function saveContrast(strong: boolean): void {
  save(CONTRAST, strong ? "more" : "normal");
}
