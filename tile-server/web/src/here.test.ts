import type { StyleSpecification } from "maplibre-gl";
import { describe, expect, it } from "vitest";
import { Here } from "./here.ts";
import { SOURCE } from "./style.ts";

const styleAt = (url: string): StyleSpecification => ({
  version: 8,
  sources: { [SOURCE]: { type: "vector", url } },
  layers: [],
});

describe("links of a server that does not know its address", () => {
  it.each([
    ["http://map.example/", "http://127.0.0.1:3000/"],
    ["https://map.example/", "http://map.example/"],
    ["https://map.example/gis/", "http://127.0.0.1:3000/"],
    ["https://map.example/gis/index.html#view=1/2/3", "http://upstream/"],
    ["http://map.example/", "http://map.example/tiles/"],
  ])("lead to the page's own place: %s, %s", (page, theirs) => {
    const here = new Here(page);
    here.learn(styleAt(`${theirs}tiles/a,b.json?lang=ko`));
    const own = new URL("./", page).href;
    expect(here.resolve(`${theirs}tiles/a,b.json?lang=ko`)).toBe(`${own}tiles/a,b.json?lang=ko`);
    expect(here.resolve(`${theirs}tiles/a,b/1/0/0`)).toBe(`${own}tiles/a,b/1/0/0`);
    expect(here.resolve("https://elsewhere.example/tiles/a/1/0/0")).toBe("https://elsewhere.example/tiles/a/1/0/0");
  });

  it("stay as they are where nothing is known, or the address is right", () => {
    const here = new Here("http://map.example/");
    expect(here.resolve("http://other/tiles/a/1/0/0")).toBe("http://other/tiles/a/1/0/0");
    here.learn({ version: 8, sources: {}, layers: [] });
    expect(here.resolve("http://other/tiles/a/1/0/0")).toBe("http://other/tiles/a/1/0/0");
    here.learn(styleAt("http://map.example/tiles/a.json"));
    expect(here.resolve("http://map.example/tiles/a/1/0/0")).toBe("http://map.example/tiles/a/1/0/0");
  });
});
