import type { Plugin } from "esbuild";

export function secretsDigest(plugins?: readonly Plugin[]): Promise<string>;
