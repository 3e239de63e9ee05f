import { beforeEach, expect, test, vi } from "vitest";
import { Notices } from "./notices.ts";

beforeEach(() => {
  document.body.innerHTML = '<div id="toasts"></div><div id="live"></div>';
});

const shown = () => [...document.querySelectorAll(".toast p")].map((note) => note.textContent);

test("one note a key, said to all", () => {
  const notices = new Notices();
  notices.show("a", "첫째", "닫기");
  notices.show("a", "둘째", "닫기");
  notices.show("b", "셋째", "닫기");
  expect(shown()).toEqual(["둘째", "셋째"]);
  expect(document.getElementById("live")?.textContent).toBe("셋째");
});

test("a note put away stays away until its reason was over", () => {
  const notices = new Notices();
  notices.show("a", "문제", "닫기");
  document.querySelector<HTMLButtonElement>(".toast button")?.click();
  notices.show("a", "문제", "닫기");
  expect(shown()).toEqual([]);
  expect(notices.hide("a")).toBe(true);
  notices.show("a", "문제", "닫기");
  expect(shown()).toEqual(["문제"]);
});

test("other news is shown though older was put away", () => {
  const notices = new Notices();
  notices.show("a", "문제", "닫기");
  document.querySelector<HTMLButtonElement>(".toast button")?.click();
  notices.show("a", "다른 문제", "닫기");
  expect(shown()).toEqual(["다른 문제"]);
});

test("a passing note goes by itself", () => {
  vi.useFakeTimers();
  const notices = new Notices();
  notices.show("a", "복사", "닫기", 5);
  vi.advanceTimersByTime(5000);
  expect(shown()).toEqual([]);
  expect(notices.hide("a")).toBe(false);
  vi.useRealTimers();
});

test("the same words are said again, as a change", () => {
  vi.useFakeTimers();
  const notices = new Notices();
  const said = () => document.getElementById("live")?.textContent;
  notices.say("2건");
  notices.say("2건");
  expect(said()).toBe("");
  vi.runAllTimers();
  expect(said()).toBe("2건");
  notices.say("2건");
  notices.say("3건");
  vi.runAllTimers();
  expect(said()).toBe("3건");
  vi.useRealTimers();
});
