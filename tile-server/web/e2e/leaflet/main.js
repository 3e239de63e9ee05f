import "leaflet/dist/leaflet.css";
import "maplibre-gl/dist/maplibre-gl.css";
import L from "leaflet";
import "@maplibre/maplibre-gl-leaflet";

/** Draws a style in a Leaflet map and settles when it is complete, with all that went wrong. */
window.drawStyle = async (url, [lng, lat], zoom) => {
  const problems = [];
  // Leaflet counts zooms by tiles of 256 pixels, MapLibre of 512.
  const map = L.map("map", { center: [lat, lng], zoom: zoom + 1, zoomSnap: 0, zoomControl: false, attributionControl: false });
  const layer = L.maplibreGL({ style: url, fadeDuration: 0 }).addTo(map);
  const inner = layer.getMaplibreMap();
  inner.on("error", (event) => problems.push(event.error?.message ?? "an error"));
  await new Promise((resolve) => inner.once("idle", resolve));
  return problems;
};
