// Alerts to syslog. @see RFC 5424, RFC 5426 (UDP), RFC 6587 (TCP, octet counting)
import { syslogMessage } from "../../formats/alerts/syslog-message.ts";
import type { Alert } from "../../model/alert.ts";
import {
  type MessageAddress,
  type MessageSocket,
  openMessageSocket,
} from "../http/message-socket.ts";
import type { Delivery } from "./queued-sink.ts";

/** What a datagram takes for certain over IPv4 and IPv6 (RFC 5426, 3.2). */
const DATAGRAM_BYTES_MAX = 8 * 1024;
const ATTEMPTS = 2;

export class Syslog implements Delivery {
  readonly #address: MessageAddress;
  readonly #socket: MessageSocket;

  constructor(address: MessageAddress) {
    this.#address = address;
    this.#socket = openMessageSocket(address);
  }

  async deliver(alert: Alert): Promise<void> {
    const message = this.#framed(Buffer.from(syslogMessage(alert, process.pid)));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#socket.send(message);
        return;
      } catch (error) {
        // A connection that the other side had closed is told of by the first message on it.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  close(): void {
    this.#socket.close();
  }

  #framed(message: Buffer): Buffer {
    const { kind } = this.#address;
    if (kind === "udp") return message.subarray(0, DATAGRAM_BYTES_MAX);
    if (kind === "tcp") return Buffer.concat([Buffer.from(`${message.length} `), message]);
    return Buffer.concat([message, Buffer.from("\n")]);
  }
}
