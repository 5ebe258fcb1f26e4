// Alerts by HTTP POST: to any webhook in Falco's form, and to Slack's incoming webhooks.
import { AppError } from "../../kit/error.ts";
import type { Alert } from "../../model/alert.ts";
import type { Environment } from "../folders.ts";
import { HttpClient, USER_AGENT } from "../http/client.ts";
import type { Delivery } from "./queued-sink.ts";

const TIMEOUT_MS = 10_000;
const WAIT_MS_MAX = 10_000;

/** Posts each alert; what passes (429, 5xx, a cut connection) is tried again three times, so one may arrive twice. */
export class Webhook implements Delivery {
  readonly #url: URL;
  readonly #body: (alert: Alert) => string;
  readonly #client: HttpClient;
  readonly #ending = new AbortController();

  constructor(url: URL, body: (alert: Alert) => string, env: Environment) {
    this.#url = url;
    this.#body = body;
    this.#client = new HttpClient({ env, timeoutMs: TIMEOUT_MS, waitMsMax: WAIT_MS_MAX });
  }

  async deliver(alert: Alert): Promise<void> {
    const response = await this.#client.send({
      method: "POST",
      url: this.#url,
      headers: { "content-type": "application/json", "user-agent": USER_AGENT },
      body: Buffer.from(this.#body(alert)),
      mayRepeat: true,
      signal: this.#ending.signal,
    });
    response.close();
    if (response.status < 200 || response.status > 299)
      throw new AppError("fetch-failed", `it answered ${response.status}`);
  }

  close(): void {
    this.#ending.abort(new Error("there was no time left"));
    this.#client.close();
  }
}
