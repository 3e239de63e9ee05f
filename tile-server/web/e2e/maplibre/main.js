import "maplibre-gl/dist/maplibre-gl.css";
import maplibregl from "maplibre-gl";

/** Draws a style and settles when it is complete, with all that went wrong. */
window.drawStyle = async (url, centre, zoom) => {
  const problems = [];
  const style = await (await fetch(url)).json();
  // A style without glyphs is lettered in the page's own typefaces.
  for (const family of new Set(style.layers.flatMap((layer) => layer.layout?.["text-font"] ?? []))) {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = style.metadata["ol:webfonts"].replace("{font-family}", family.toLowerCase().replaceAll(" ", "-"));
    const linked = new Promise((resolve) => {
      sheet.onload = resolve;
      sheet.onerror = () => resolve(problems.push(`no style sheet ${sheet.href}`));
    });
    document.head.append(sheet);
    await linked;
    const faces = await document.fonts.load(`16px "${family}"`, "쉼터");
    if (faces.length === 0) problems.push(`no typeface ${family}`);
  }
  const map = new maplibregl.Map({ container: "map", style, center: centre, zoom, fadeDuration: 0 });
  map.on("error", (event) => problems.push(event.error?.message ?? "an error"));
  await new Promise((resolve) => map.once("idle", resolve));
  return problems;
};
