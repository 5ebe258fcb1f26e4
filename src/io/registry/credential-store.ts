import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import type { HttpClient } from "../http/client.ts";
import type { Credential, CredentialSearch } from "./credential.ts";
import { askHelper } from "./credential-helper.ts";
import { authFiles, type ConfigEntry, readAuthFile } from "./docker-config.ts";
import { ecrCredential } from "./ecr.ts";

interface StoreContext {
  readonly env: Environment;
  readonly http: HttpClient;
}

/** What a credential is wanted for. */
export interface CredentialTarget {
  /** As in references: `docker.io`, not the host behind it. */
  readonly registry: string;
  readonly repository: string;
}

/** Finds credentials where Docker, podman and Amazon's tools keep them. Each question is answered once. */
export class CredentialStore {
  readonly #context: StoreContext;
  readonly #known = new Map<string, Promise<CredentialSearch>>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /**
   * The credential for a registry. What hinders the search is part of the result, because many images are public.
   *
   * @throws only the signal's reason.
   */
  find(target: CredentialTarget, signal: AbortSignal): Promise<CredentialSearch> {
    const key = `${target.registry}/${target.repository}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const search = this.#search(target, signal);
    this.#known.set(key, search);
    return search;
  }

  async #search(target: CredentialTarget, signal: AbortSignal): Promise<CredentialSearch> {
    const looked: string[] = [];
    const failures: AppError[] = [];
    const attempt = async <T>(work: () => Promise<T | null>): Promise<T | null> => {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        failures.push(error);
        return null;
      }
    };
    const result = (credential: Credential | null, source: string | null): CredentialSearch => ({
      credential,
      source,
      looked,
      failure: failures[0] ?? null,
    });
    for (const path of authFiles(this.#context.env)) {
      const entry = await attempt(() => readAuthFile(path, target));
      if (entry === null) continue;
      looked.push(path);
      const helped = await attempt(() => this.#helped(entry, signal));
      if (helped !== null) return result(helped, `docker-credential-${entry.helper?.name ?? ""}`);
      if (entry.credential !== null) return result(entry.credential, path);
    }
    const ecr = await attempt(() => ecrCredential(target.registry, { ...this.#context, signal }));
    return result(ecr, ecr === null ? null : "AWS_ACCESS_KEY_ID");
  }

  async #helped({ helper }: ConfigEntry, signal: AbortSignal): Promise<Credential | null> {
    if (helper === null) return null;
    return askHelper({
      helper: helper.name,
      server: helper.server,
      env: this.#context.env,
      signal,
    });
  }
}
