// Where an image may be had: its registry, and mirrors that Docker's or podman's configuration names for it.

import type { Reference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import { isInNetwork, isLoopback } from "../http/proxy.ts";
import { containersPlaces, type NamedPlace } from "./containers-config.ts";
import { dockerDaemon } from "./docker-daemon.ts";

/** A repository at one registry. */
export interface Place {
  /** As in references and in the files with credentials: `docker.io`. */
  readonly registry: string;
  /** Where it answers: `registry-1.docker.io`. */
  readonly host: string;
  readonly repository: string;
  /** Whether HTTP without TLS is spoken to it when it does not know TLS. */
  readonly mayBePlain: boolean;
  readonly isMirror: boolean;
}

export interface PlaceOptions {
  readonly env: Environment;
  /** Registries that may be spoken to without TLS, beside those that configurations declare. */
  readonly insecure?: readonly string[];
}

/**
 * The places of an image in the order in which they are asked; the last is its own registry, or what stands for it.
 *
 * @throws {AppError} `config-invalid` naming the file; `registry-denied` when the configuration blocks the registry.
 */
export async function placesOf(reference: Reference, options: PlaceOptions): Promise<Place[]> {
  const { env } = options;
  const [named, daemon] = await Promise.all([containersPlaces(reference, env), dockerDaemon(env)]);
  const mirrors = reference.registry === "docker.io" ? daemon.mirrors : [];
  const all: NamedPlace[] = [
    ...mirrors.map((mirror) => ({ ...mirror, repository: reference.repository, isMirror: true })),
    ...named,
  ];
  const declared = [...daemon.insecure, ...(options.insecure ?? []), ...listed(env)];
  return all.map(({ registry, repository, isInsecure, isMirror }) => ({
    registry,
    host: registry === "docker.io" ? "registry-1.docker.io" : registry,
    repository,
    isMirror,
    mayBePlain: isInsecure || isPlainByName(registry, declared),
  }));
}

function listed(env: Environment): string[] {
  return (env["BULWARK_INSECURE_REGISTRIES"] || "").slice(0, 64_000).split(/[,\s]+/);
}

/** Docker's rule: this machine itself, and what is declared, by name or network. */
function isPlainByName(registry: string, declared: readonly string[]): boolean {
  const host = registry.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return (
    isLoopback(host) ||
    declared.some((entry) => entry === registry || entry === host || isInNetwork(host, entry))
  );
}
