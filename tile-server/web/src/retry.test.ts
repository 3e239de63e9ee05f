import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Retry } from "./retry.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("attempts come less and less often, up to a minute", () => {
  const attempt = vi.fn();
  const retry = new Retry(attempt);
  for (const seconds of [4, 8, 16, 32, 60, 60]) {
    retry.schedule();
    retry.schedule();
    vi.advanceTimersByTime(seconds * 1000 - 1);
    const before = attempt.mock.calls.length;
    vi.advanceTimersByTime(1);
    expect(attempt.mock.calls.length).toBe(before + 1);
  }
});

test("after recovery nothing is tried, and new trouble starts afresh", () => {
  const attempt = vi.fn();
  const retry = new Retry(attempt);
  retry.schedule();
  retry.stop();
  vi.advanceTimersByTime(600_000);
  expect(attempt).not.toHaveBeenCalled();
  retry.schedule();
  vi.advanceTimersByTime(4000);
  expect(attempt).toHaveBeenCalledOnce();
});
