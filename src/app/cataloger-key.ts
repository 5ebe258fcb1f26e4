import { version } from "../kit/build.ts";

declare const BULWARK_CATALOGERS: string | undefined;

/** Raised when the facts of a layer, or the inventory, change for reasons other than a cataloger's version. */
const FACTS_VERSION = 6;

/**
 * What the cached facts of a layer depend on beside its bytes: every cataloger's version, and the form of the facts.
 *
 * The build writes the catalogers' versions into the bundle (tools/build.js), so that a scan whose layers are all cached
 * does not load forty catalogers to learn that it does not need them. Run from source, nothing is shared with builds.
 */
export const catalogerKey: string =
  typeof BULWARK_CATALOGERS === "string"
    ? `${FACTS_VERSION}-${BULWARK_CATALOGERS}`
    : `${FACTS_VERSION}-source-${version}`;
