import "maplibre-gl/dist/maplibre-gl.css";
import maplibregl from "maplibre-gl";

const families = new Set();
let map;
let problems = [];

/** Links the style sheet of each typeface that a style names. */
async function letter(style) {
  const sheets = style.metadata?.["ol:webfonts"];
  const named = style.layers.flatMap((layer) => layer.layout?.["text-font"] ?? []).filter((name) => typeof name === "string");
  for (const family of new Set(named)) {
    if (!sheets || families.has(family)) continue;
    families.add(family);
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = sheets.replace("{font-family}", family.toLowerCase().replaceAll(" ", "-"));
    const linked = new Promise((resolve) => (link.onload = link.onerror = resolve));
    document.head.append(link);
    await linked;
    await document.fonts.load(`16px "${family}"`, "쉼터");
  }
}

/** Draws a style in a box of this size and settles when it is complete, with all that went wrong. */
window.drawMap = async ({ url, bounds, centre, zoom, width, height }) => {
  problems = [];
  const answer = await fetch(url);
  if (!answer.ok) return [`${answer.status}: ${url}`];
  const style = await answer.json();
  // Without glyphs the map is lettered in the page's own typefaces, as the policy map page does.
  delete style.glyphs;
  await letter(style);
  map?.remove();
  const container = document.getElementById("map");
  container.style.cssText = `width: ${width}px; height: ${height}px`;
  const view = bounds ? { bounds, fitBoundsOptions: { padding: 12 } } : { center: centre, zoom };
  map = new maplibregl.Map({ container, style, ...view, fadeDuration: 0, attributionControl: false });
  map.on("error", (event) => problems.push(event.error?.message ?? "an error"));
  await new Promise((resolve) => map.once("idle", resolve));
  return problems;
};

/** A drawn feature of a source near the middle of the view, as a position. */
window.placeNear = (source) => {
  const drawn = map.getStyle().layers.filter((layer) => layer.source === source);
  const found = map.queryRenderedFeatures({ layers: drawn.map((layer) => layer.id) });
  const middle = map.getCenter();
  const places = found.map((feature) => feature.geometry.coordinates.flat(3)).filter((flat) => flat.length > 1);
  const distance = ([x, y]) => Math.hypot(x - middle.lng, y - middle.lat);
  places.sort((one, other) => distance(one) - distance(other));
  return places[0]?.slice(0, 2) ?? null;
};

/** Replaces the map by a sheet of pictures with their titles and legends. */
window.showSheet = async (columns, cells) => {
  map?.remove();
  map = undefined;
  const sheet = document.createElement("div");
  sheet.className = "sheet";
  sheet.style.gridTemplateColumns = `repeat(${columns}, auto)`;
  for (const { title, note, picture, legend } of cells) {
    const cell = document.createElement("div");
    cell.className = "cell";
    const heading = document.createElement("h2");
    heading.append(title, " ", Object.assign(document.createElement("small"), { textContent: note }));
    const drawn = Object.assign(document.createElement("img"), { src: picture });
    cell.append(heading, drawn);
    if (legend) cell.append(Object.assign(document.createElement("img"), { src: legend, className: "legend" }));
    sheet.append(cell);
  }
  document.body.replaceChildren(sheet);
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
};
