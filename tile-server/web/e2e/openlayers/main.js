import "ol/ol.css";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { fromLonLat } from "ol/proj.js";
import { apply } from "ol-mapbox-style";

/** Draws a style and settles when it is complete, with all that went wrong. */
window.drawStyle = async (url, centre, zoom) => {
  const problems = [];
  const map = new Map({ target: "map", view: new View({ center: fromLonLat(centre), zoom }) });
  const complete = new Promise((resolve) => map.once("rendercomplete", resolve));
  try {
    await apply(map, url);
  } catch (error) {
    problems.push(`style: ${error.message}`);
  }
  let tiles = 0;
  for (const layer of map.getLayers().getArray()) {
    const source = layer.getSource?.();
    source?.on("tileloaderror", (event) => problems.push(`tile: ${event.tile?.getTileCoord?.() ?? "?"}`));
    source?.on("tileloadend", () => (tiles += 1));
  }
  // The style sets its own view; the checks want the district's middle.
  map.getView().setCenter(fromLonLat(centre));
  map.getView().setZoom(zoom);
  const again = new Promise((resolve) => map.once("rendercomplete", resolve));
  map.render();
  await Promise.all([complete, again]);
  if (tiles === 0) problems.push("no tile was loaded");
  return problems;
};
