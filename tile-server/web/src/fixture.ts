// A small catalog for tests, as the server would send it.

import { type Catalog, type Layer, parseCatalog } from "./catalog.ts";

const layer = (id: string, theme: string | null, dataset: string, geometry: string, more: object = {}) => ({
  id,
  title: { ko: `${id} 이름`, en: `${id} name` },
  description: null,
  theme,
  dataset,
  geometry,
  feature_count: 3,
  attribution: null,
  columns: [],
  bounds: [127, 37.5, 127.1, 37.6],
  min_zoom: 0,
  max_zoom: 16,
  max_age: 60,
  available: true,
  ...more,
});

export const BODY = {
  fields: [{ id: "base", title: { ko: "기반", en: "Base" } }],
  datasets: [
    { id: "admin_dong", title: { ko: "동", en: "Dong" }, field: "base" },
    { id: "road_centerline", title: { ko: "도로", en: "Roads" }, field: "base" },
    { id: "river_water", title: { ko: "하천", en: "Water" }, field: "base" },
    { id: "cctv", title: { ko: "CCTV", en: "CCTV" }, field: "safety" },
  ],
  themes: [
    { id: "common", title: { ko: "공통분야", en: "Common" }, order: 7 },
    { id: "safety", title: { ko: "안전", en: "Safety" }, order: 5 },
  ],
  layers: [
    layer("dongs", "common", "admin_dong", "polygon", { title: { ko: "행정동 경계", en: "Dongs" } }),
    layer("roads", "common", "road_centerline", "line"),
    layer("water", "common", "river_water", "polygon"),
    layer("cctv", "safety", "cctv", "point", { title: { ko: "CCTV·비상벨", en: "Cameras" } }),
    layer("loose", null, "own", "point", { min_zoom: 12 }),
    layer("stray", "gone", "own2", "mixed", { bounds: null }),
  ],
  district: {
    title: { ko: "성동구", en: "Seongdong-gu" },
    bounds: [127.0, 37.5, 127.1, 37.6],
    attribution: null,
    notice: { ko: "합성", en: "Synthetic" },
  },
};

export const catalog = (): Catalog => parseCatalog(structuredClone(BODY));

const column = (name: string) => ({ name, type: "text", title: { ko: name, en: name }, unit: null });

/** An archive of several layers, published as it stands. */
const ARCHIVE = layer("basemap", null, "basemap", "mixed", {
  title: { ko: "바탕지도", en: "Base map" },
  vector_layers: [
    { id: "waters", geometry: "polygon", columns: [column("river_nm")], min_zoom: 10, max_zoom: 14 },
    { id: "roads", geometry: "line", columns: [column("rn"), column("lanes")], min_zoom: 10, max_zoom: 14 },
  ],
});

export const archive = (): Layer => parseCatalog({ layers: [structuredClone(ARCHIVE)] }).layers[0]!;
