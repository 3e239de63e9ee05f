// Where the server is, as this page reaches it.

import type { StyleSpecification } from "maplibre-gl";
import { sourceUrl } from "./style.ts";

/**
 * Brings the server's absolute links to the address that this page came from.
 *
 * A proxy that does not pass on the host, the scheme or the path that the reader asked
 * for has the server write links to a place that the reader's browser can't reach. The
 * page itself was reached, and everything lies beside it.
 */
export class Here {
  /** The folder of this page. */
  readonly #own: string;
  /** The folder that the server takes for it. */
  #theirs: string | null = null;

  constructor(page: string) {
    this.#own = new URL("./", page).href;
  }

  /** Reads the server's idea of its address from a style that it made. */
  learn(style: StyleSpecification): void {
    const found = /^(.*\/)tiles\/[^/?#]+\.json(?:[?#]|$)/.exec(sourceUrl(style) ?? "");
    if (found) this.#theirs = found[1] ?? null;
  }

  /** A link of the server as this page follows it; any other link as it is. */
  resolve(url: string): string {
    const theirs = this.#theirs;
    return theirs && url.startsWith(theirs) ? this.#own + url.slice(theirs.length) : url;
  }
}
