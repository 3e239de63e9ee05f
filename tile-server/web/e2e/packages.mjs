// Packages of the page that checks outside this folder use too: Node looks for packages
// beside the file that names them.

export { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
export { VectorTile } from "@mapbox/vector-tile";
export { PbfReader } from "pbf";
export const mvtFixtures = () => import("@mapbox/mvt-fixtures");
export const mvtFixturesUrl = import.meta.resolve("@mapbox/mvt-fixtures");
