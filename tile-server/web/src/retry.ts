// Retries at growing intervals, so that a server in trouble is left alone.

const FIRST_SECONDS = 4;
const LAST_SECONDS = 60;

export class Retry {
  readonly #attempt: () => void;
  #delay = FIRST_SECONDS;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  /** Schedules the next attempt; at most one waits at a time. */
  schedule(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#delay = Math.min(this.#delay * 2, LAST_SECONDS);
      this.#attempt();
    }, this.#delay * 1000);
  }

  /** Cancels the next attempt and resets the interval. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#delay = FIRST_SECONDS;
  }
}
