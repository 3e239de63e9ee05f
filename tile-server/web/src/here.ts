// The server's address, from this page's point of view.

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
  /** Folder of this page. */
  readonly #own: string;
  /** Folder of this page in the server's links; `null` while unknown. */
  #theirs: string | null = null;

  constructor(page: string) {
    this.#own = new URL("./", page).href;
  }

  /** Takes the server's address of this folder from a style that the server made. */
  learn(style: StyleSpecification): void {
    const found = /^(.*\/)tiles\/[^/?#]+\.json(?:[?#]|$)/.exec(sourceUrl(style) ?? "");
    if (found) this.#theirs = found[1] ?? null;
  }

  /** Rewrites a link of the server to this page's address; any other link is unchanged. */
  resolve(url: string): string {
    const theirs = this.#theirs;
    return theirs && url.startsWith(theirs) ? this.#own + url.slice(theirs.length) : url;
  }
}
