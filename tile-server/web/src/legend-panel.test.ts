import { expect, test } from "vitest";
import { catalog } from "./fixture.ts";
import type { Entry, LayerLegend } from "./legend.ts";
import { legendPanel } from "./legend-panel.ts";

const shown = (entries: Entry[], more: object = {}) => {
  const legend: LayerLegend = { layer: { ...catalog().layers[1]!, ...more }, entries };
  return legendPanel([legend], () => null, "ko", true, "", () => {});
};
const line: Entry = { color: "#112233", shape: "line", label: { ko: "가", en: "A" } };

test("a swatch is drawn as its entry is", () => {
  const all = shown([{ ...line, dash: true, casing: "#445566" }, { ...line, shape: "fill", opacity: 0.4 }, line]);
  const [broken, pale, plain] = [...all.querySelectorAll<HTMLElement>(".swatch")];
  expect(broken?.className).toBe("swatch swatch-line swatch-dash swatch-casing");
  expect(broken?.style.getPropertyValue("--swatch-casing")).toBe("#445566");
  expect(pale?.style.getPropertyValue("--swatch-opacity")).toBe("0.4");
  expect(plain?.className).toBe("swatch swatch-line");
  expect(plain?.style.getPropertyValue("--swatch-opacity")).toBe("");
});

test.each([[[line, line]], [[{ ...line, label: null }]]])("a layer for staff is marked as such", (entries) => {
  expect(shown(entries, { staff: true }).querySelector(".staff-badge")?.textContent).toBe("직원 전용");
  expect(shown(entries).querySelector(".staff-badge")).toBeNull();
});

test.each([[[line, line]], [[{ ...line, label: null }]]])("a newest period that is not over is said in the legend", (entries) => {
  const all = shown(entries, { partial_period: "2025" });
  expect(all.querySelector(".partial-badge")?.textContent).toBe("집계 중");
  expect(all.querySelector(".legend-partial")?.textContent).toContain("2025년");
  expect(shown(entries).querySelector(".legend-partial")).toBeNull();
});
