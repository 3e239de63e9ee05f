// Sharing the map.

import type { Notices } from "./notices.ts";
import type { Words } from "./words.ts";

/** Copies the address; with `staff`, warns that it names layers that only staff see. */
export async function copyLink(notices: Notices, text: Words, staff: boolean): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    if (staff) notices.show("link", text.copiedStaff, text.dismiss, 20);
    else notices.show("link", text.copied, text.dismiss, 6);
  } catch {
    // Without HTTPS, or where the reader forbids it.
    notices.show("link", text.copyFailed, text.dismiss, 12);
  }
}
