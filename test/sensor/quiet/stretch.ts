// A stretch of ordinary life: services with health checks and what is done to them, and canaries in containers of their own, in a
// Docker Engine of one's own. Whose an alert is, it knows by the ids of the containers that it made.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Alert } from "../../../src/model/alert.ts";
import type { LabEngine } from "../../lab/docker-engine.ts";
import { canaryArguments } from "../own/canaries.ts";
import { OWN_PLACES } from "../own/steps.data.ts";

/** A container that runs all the time. */
export interface Service {
  readonly name: string;
  readonly user: string;
  /** What Docker runs every few seconds to see whether it is well. */
  readonly health: string;
  readonly command: readonly string[];
}

/** What is done now and then, by bash. */
export interface Chore {
  readonly name: string;
  /** The service in which it is done, as root or as somebody else; null for a container of its own. */
  readonly within: string | null;
  readonly user: string;
  readonly script: string;
  /** It needs the network; a service has none. */
  readonly isOnline?: boolean;
}

/** How a service is. */
export interface ServiceHealth {
  readonly name: string;
  /** As Docker says: `healthy`. */
  readonly status: string;
  readonly checks: number;
}

const HEALTH_EVERY = "5s";
const CHORE_MS = 240_000;
const SHORT_ID = 12;

export class Stretch {
  readonly #engine: LabEngine;
  readonly #image: string;
  readonly #services: readonly Service[];
  /** Names by ids as alerts have them. */
  readonly #names = new Map<string, string>();
  readonly #checks = new Map<string, number>();
  readonly #told: ChildProcess;
  /** How often each chore was done. */
  readonly done: Map<string, number> = new Map();
  /** Chores that failed, with what they said: what did not happen was not quiet. */
  readonly failed: string[] = [];

  constructor(engine: LabEngine, image: string, services: readonly Service[]) {
    this.#engine = engine;
    this.#image = image;
    this.#services = services;
    const format = "{{.Actor.Attributes.name}} {{.Action}}";
    const asked = ["events", "--filter", "event=exec_start", "--format", format];
    this.#told = spawn("docker", ["--host", engine.host, ...asked], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines = createInterface({ input: this.#told.stdout as NodeJS.ReadableStream });
    lines.on("line", (line) => {
      const [, name = ""] = /^(\S+) exec_start: \/bin\/sh -c /.exec(line) ?? [];
      if (name !== "") this.#checks.set(name, (this.#checks.get(name) ?? 0) + 1);
    });
  }

  async #docker(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("docker", ["--host", this.#engine.host, ...args], {
      timeout: CHORE_MS,
      maxBuffer: 64 << 20,
    });
    return stdout.trim();
  }

  /** Makes a container, starts it, and waits for its end where it is to end. */
  async #run(name: string, args: readonly string[], isAwaited: boolean): Promise<void> {
    const id = await this.#docker("create", ...args);
    this.#names.set(id.slice(0, SHORT_ID), name);
    await this.#docker("start", ...(isAwaited ? ["--attach"] : []), id);
    if (isAwaited) await this.#docker("rm", id);
  }

  async start(): Promise<void> {
    for (const { name, user, health, command } of this.#services) {
      const checked = [`--health-cmd=${health}`, `--health-interval=${HEALTH_EVERY}`];
      const args = [`--name=${name}`, `--user=${user}`, "--network=none", ...checked];
      await this.#run(name, [...args, this.#image, ...command], false);
    }
  }

  /** Does all of them, each beside the others. */
  async do(chores: readonly Chore[]): Promise<void> {
    await Promise.all(chores.map((chore) => this.#do(chore)));
  }

  async #do({ name, within, user, script, isOnline = false }: Chore): Promise<void> {
    const times = (this.done.get(name) ?? 0) + 1;
    const command = ["/bin/bash", "-euc", script];
    try {
      if (within !== null) await this.#docker("exec", "--user", user, within, ...command);
      else {
        const network = isOnline ? "host" : "none";
        const args = [`--name=${name}-${times}`, `--user=${user}`, `--network=${network}`];
        await this.#run(name, [...args, this.#image, ...command], true);
      }
      this.done.set(name, times);
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      this.failed.push(`${name}: ${stderr.trim().slice(-400) || stdout.trim().slice(-400)}`);
    }
  }

  /** Plays every canary once, in containers of this round. What steps leave behind or fail with is theirs. */
  async playCanaries(round: number): Promise<void> {
    await Promise.all(
      OWN_PLACES.map(async (place) => {
        const name = canaryName(place, round);
        await this.#run(name, canaryArguments(place, name), true).catch(() => undefined);
      }),
    );
  }

  async health(): Promise<readonly ServiceHealth[]> {
    return Promise.all(
      this.#services.map(async ({ name }) => ({
        name,
        status: await this.#docker("inspect", "--format={{.State.Health.Status}}", name),
        checks: this.#checks.get(name) ?? 0,
      })),
    );
  }

  /** The container that an alert is about; null for the host's and those of others. */
  ownerOf({ fields }: Alert): string | null {
    return this.#names.get(String(fields["container.id"]).slice(0, SHORT_ID)) ?? null;
  }

  /** What runs ends with the engine. */
  stop(): void {
    this.#told.kill("SIGKILL");
  }
}

export const canaryName = (place: string, round: number): string => `canary-${place}-${round}`;
export const isCanary = (name: string): boolean => name.startsWith("canary-");
