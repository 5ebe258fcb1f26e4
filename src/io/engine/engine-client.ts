// What we ask engines. Docker's API, which Podman answers as well. @see https://docs.docker.com/reference/api/engine
import {
  type JsonDocument,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
} from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Environment } from "../folders.ts";
import { HttpFailure } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import { askSocket, type SocketEndpoint } from "../http/socket.ts";
import { type EngineName, findEndpoint, unavailable, usualPlaces } from "./endpoints.ts";

/** Answers are lists of what the host has; thousands of containers are a few megabytes. */
const ANSWER_BYTES_MAX = 64 << 20;
const ANSWER_MS = 30_000;
/** Older engines write the whole image to disk before they send its first byte. */
const EXPORT_MS = 600_000;

/** What asking an engine needs of its surroundings. */
export interface EngineContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** An engine behind an address is refused with `offline`; a socket of this machine is no network. */
  readonly offline?: boolean;
}

export class EngineClient {
  readonly engine: EngineName;
  readonly #endpoint: SocketEndpoint;
  readonly #signal: AbortSignal;

  /** @throws {AppError} `offline`. */
  constructor(
    engine: EngineName,
    endpoint: SocketEndpoint,
    { signal, offline = false }: Omit<EngineContext, "env">,
  ) {
    this.engine = engine;
    this.#endpoint = endpoint;
    this.#signal = signal;
    if (offline && endpoint.at.kind === "tcp")
      throw new AppError(
        "offline",
        `cannot reach ${engine} at ${endpoint.address}: --offline forbids it`,
        {
          hint: "run it without --offline, or name the engine's socket",
          subject: endpoint.address,
        },
      );
  }

  /**
   * Asks for a JSON document.
   *
   * @returns null when the engine says that it does not have it.
   * @throws {AppError} `engine-unavailable`.
   */
  async json(path: string): Promise<JsonPlace | null> {
    const response = await this.#ask(path, ANSWER_MS, this.#signal);
    if (response.status === 404) {
      response.close();
      return null;
    }
    await this.#checked(response);
    const document: JsonDocument = {
      what: `answer of ${this.engine}`,
      code: "engine-unavailable",
    };
    return parseJson(await this.#failing(response.bytes(ANSWER_BYTES_MAX)), document);
  }

  /**
   * Asks for a stream.
   *
   * @throws {AppError} (also from the iteration) `engine-unavailable`.
   */
  async *stream(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const response = await this.#ask(path, EXPORT_MS, signal);
    await this.#checked(response);
    try {
      for await (const piece of response.pieces())
        yield Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #ask(path: string, idleMs: number, signal: AbortSignal): Promise<HttpResponse> {
    return this.#failing(askSocket(this.#endpoint, { path, signal, idleMs }));
  }

  async #checked(response: HttpResponse): Promise<void> {
    if (response.isOk) return;
    const said = await response.beginning(4096);
    const message = printable(messageIn(said), 300);
    const detail = message === "" ? "" : ` (${message})`;
    throw unavailable(
      `${this.engine} at ${this.#endpoint.address} answered ${response.status}${detail}`,
    );
  }

  async #failing<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    if (!(error instanceof HttpFailure)) return error;
    return unavailable(`${this.engine} at ${this.#endpoint.address}: ${error.message}`, {
      cause: error,
      hint: error.hint ?? START_HINTS[this.engine],
    });
  }
}

/** Engines answer errors as `{"message": …}`. */
function messageIn(bytes: Buffer): string {
  try {
    const top = parseJson(bytes, { what: "answer", code: "engine-unavailable" });
    return optionalText(member(top, "message"), 4096) ?? "";
  } catch (error) {
    if (error instanceof AppError) return bytes.toString("utf8");
    throw error;
  }
}

const START_HINTS: Readonly<Record<EngineName, string>> = {
  docker: "start it, or say in DOCKER_HOST where it listens",
  podman:
    "start its service with systemctl --user start podman.socket, or name it in CONTAINER_HOST",
};

/**
 * Finds an engine to ask.
 *
 * @throws {AppError} `engine-unavailable` when there is none.
 */
export async function engineClient(
  engine: EngineName,
  context: EngineContext,
): Promise<EngineClient> {
  const { env } = context;
  const found = await findEndpoint(engine, env);
  if (found !== null) return new EngineClient(engine, found.endpoint, context);
  const places = usualPlaces(engine, env).slice(0, 2).join(" or ");
  throw unavailable(`${engine} has no socket at ${places}`, { hint: START_HINTS[engine] });
}
