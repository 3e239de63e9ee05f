import { beforeEach, expect, test, vi } from "vitest";
import { catalog } from "./fixture.ts";
import { LayerPanel, type PanelState } from "./layer-panel.ts";

const events = { toggled: vi.fn(), cleared: vi.fn(), zoomWanted: vi.fn() };
const state = (selected: string[], more: Partial<PanelState> = {}): PanelState => ({
  selected: new Set(selected),
  unavailable: new Set(),
  visibility: () => "visible",
  ...more,
});
const make = (before: LayerPanel | null = null) => {
  const panel = new LayerPanel(catalog(), "ko", new Set(["dongs"]), before, events);
  document.body.replaceChildren(panel.element);
  return panel;
};
const row = (id: string) => document.querySelector<HTMLElement>(`[data-layer="${id}"]`)!;
const box = (id: string) => row(id).querySelector("input")!;
const refused = (id: string) => box(id).getAttribute("aria-disabled") === "true";
const search = (query: string) => {
  const input = document.querySelector<HTMLInputElement>("#search")!;
  input.value = query;
  input.dispatchEvent(new Event("input"));
};

beforeEach(() => vi.clearAllMocks());

test("the list shows what is selected, and reports a switch", () => {
  make().update(state(["dongs", "cctv"]));
  expect([box("dongs").checked, box("cctv").checked, box("roads").checked]).toEqual([true, true, false]);
  expect(document.querySelector(".shown-count")?.textContent).toBe("2개 표시 중");
  box("roads").checked = true;
  box("roads").dispatchEvent(new Event("change"));
  expect(events.toggled).toHaveBeenCalledWith("roads", true);
});

test("an unavailable layer says so and can be switched off but not on", () => {
  make().update(state(["dongs"], { unavailable: new Set(["dongs", "roads"]) }));
  expect(row("roads").querySelector(".layer-state")?.textContent).toBe("지금 제공할 수 없음");
  expect(["dongs", "roads", "cctv"].map(refused)).toEqual([false, true, false]);
  box("roads").click();
  expect(box("roads").checked).toBe(false);
  expect(events.toggled).not.toHaveBeenCalled();
});

for (const [language, reason] of [["ko", "자료가 아직 서버에 없습니다."], ["en", "The data is not here yet."]] as const) {
  test(`an absent layer can be read with its reason and not be switched on (${language})`, () => {
    const changed = catalog();
    changed.layers[1]!.absent = { ko: "자료가 아직 서버에 없습니다.", en: "The data is not here yet." };
    changed.layers[1]!.available = false;
    const panel = new LayerPanel(changed, language, new Set(), null, events);
    document.body.replaceChildren(panel.element);
    panel.update(state([]));
    // In the order of the keyboard, and described by the reason.
    expect([box("roads").disabled, refused("roads")]).toEqual([false, true]);
    const described = box("roads").getAttribute("aria-describedby")!.split(" ");
    expect(described.map((id) => document.getElementById(id)?.textContent)).toEqual([reason]);
    expect([...row("roads").classList].sort()).toEqual(["absent", "layer"]);
    box("roads").click();
    expect([box("roads").checked, events.toggled.mock.calls.length]).toEqual([false, 0]);
  });

  test(`a newest period that is not over is marked, and said (${language})`, () => {
    const changed = catalog();
    changed.layers[0]!.partial_period = "2025-Q3";
    const panel = new LayerPanel(changed, language, new Set(), null, events);
    document.body.replaceChildren(panel.element);
    panel.update(state([]));
    const [mark, period] = language === "ko" ? ["집계 중", "2025년 3분기"] : ["Incomplete", "Q3 2025"];
    expect(row("dongs").querySelector(".partial-badge")?.textContent).toBe(mark);
    const described = box("dongs").getAttribute("aria-describedby")!.split(" ");
    const said = described.map((id) => document.getElementById(id)?.textContent).join("");
    expect(said).toContain(period);
    expect(row("roads").querySelector(".partial-badge")).toBeNull();
  });
}

test("a layer that begins deeper offers to go there", () => {
  make().update(state(["dongs"], { visibility: () => "zoom-in" }));
  const button = row("dongs").querySelector("button");
  expect(button?.textContent).toBe("확대하면 보입니다");
  button?.click();
  expect(events.zoomWanted.mock.calls[0]?.[0]).toMatchObject({ id: "dongs" });
  expect(row("roads").querySelector("button")).toBeNull();
});

test("a search hides the rest, counts, and is undone", () => {
  make();
  search("cameras");
  expect([row("cctv").hidden, row("dongs").hidden]).toEqual([false, true]);
  expect(document.querySelector(".search-result")?.textContent).toBe("검색 결과 1개");
  search("없는것");
  expect(document.querySelector(".search-result")?.textContent).toContain("맞는 레이어가 없습니다");
  search("");
  expect(row("dongs").hidden).toBe(false);
});

test("a list made again keeps the search and the folded groups", () => {
  const first = make();
  document.querySelector<HTMLDetailsElement>('[data-theme="common"]')!.open = false;
  search("cctv");
  const second = make(first);
  expect(second.query).toBe("cctv");
  search("");
  expect(document.querySelector<HTMLDetailsElement>('[data-theme="common"]')!.open).toBe(false);
});

test("a description is opened, found by a search, and stays open in a new list", () => {
  const described = catalog();
  described.layers[0]!.description = { ko: "법정 경계와 다릅니다", en: "Not the legal borders" };
  described.layers[3]!.staff = true;
  const build = (before: LayerPanel | null) => {
    const panel = new LayerPanel(described, "ko", new Set(), before, events);
    document.body.replaceChildren(panel.element);
    return panel;
  };
  const first = build(null);
  const about = () => row("dongs").querySelector<HTMLElement>(".layer-about")!;
  const button = () => row("dongs").querySelector<HTMLButtonElement>(".about-button")!;
  expect([about().hidden, button().ariaLabel ?? button().getAttribute("aria-label")]).toEqual([true, "행정동 경계 설명"]);
  search("legal borders");
  expect([row("dongs").hidden, row("cctv").hidden, about().hidden]).toEqual([false, true, false]);
  search("행정동");
  expect(about().hidden).toBe(true);
  search("");
  button().click();
  expect([about().hidden, button().getAttribute("aria-expanded")]).toEqual([false, "true"]);
  build(first);
  expect(about().hidden).toBe(false);
  button().click();
  expect(about().hidden).toBe(true);
  expect(row("roads").querySelector(".about-button")).toBeNull();
  expect(["cctv", "roads"].map((id) => row(id).querySelector(".staff-badge")?.textContent)).toEqual(["직원 전용", undefined]);
});
