declare const BULWARK_VERSION: string | undefined;

/** The version of this build; `0.0.0-source` when run from source, as tests do. */
export const version: string =
  typeof BULWARK_VERSION === "string" ? BULWARK_VERSION : "0.0.0-source";
