import { version } from "../kit/build.ts";

declare const BULWARK_SECRETS: string | undefined;

/** What is found in a layer depends on what is searched for: the build's digest of all that searches (tools/build.js). */
export const secretsKey: string =
  typeof BULWARK_SECRETS === "string" ? BULWARK_SECRETS : `source-${version}`;
