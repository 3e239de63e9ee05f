// The part of the address behind `#`: selection, view and language, so that a
// link shows others the same map. It is never sent to the server.

export type Language = "ko" | "en";

export interface View {
  zoom: number;
  lat: number;
  lng: number;
}

export interface Place {
  /** Ids of the layers; `null` where the address has no `layers`, empty for an empty selection. */
  layers: string[] | null;
  view: View | null;
  language: Language | null;
}

const ID = /^[a-z0-9][a-z0-9_-]*$/;

/** Parses `#layers=a,b&view=13.5/37.55/127.04&lang=ko`; malformed parts are left out. */
export function parsePlace(hash: string): Place {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const layers = fields.get("layers");
  const language = fields.get("lang");
  return {
    layers: layers === null ? null : [...new Set(layers.split(",").filter((id) => ID.test(id)))],
    view: parseView(fields.get("view")),
    language: language === "ko" || language === "en" ? language : null,
  };
}

function parseView(text: string | null): View | null {
  const parts = (text ?? "").split("/");
  if (parts.length !== 3 || parts.some((part) => !/^-?\d+(\.\d+)?$/.test(part))) return null;
  const [zoom, lat, lng] = parts.map(Number) as [number, number, number];
  if (zoom < 0 || zoom > 22 || Math.abs(lat) > 85 || Math.abs(lng) > 180) return null;
  return { zoom, lat, lng };
}

/** Formats a place; the inverse of {@link parsePlace}. */
export function formatPlace(place: Place): string {
  const fields: string[] = [];
  if (place.layers) fields.push(`layers=${place.layers.join(",")}`);
  if (place.view) {
    const { zoom, lat, lng } = place.view;
    // Five digits of a degree are about a metre.
    fields.push(`view=${trim(zoom, 2)}/${trim(lat, 5)}/${trim(lng, 5)}`);
  }
  if (place.language) fields.push(`lang=${place.language}`);
  return `#${fields.join("&")}`;
}

const trim = (value: number, digits: number): string => String(Number(value.toFixed(digits)));
