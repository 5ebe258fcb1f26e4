// Messages to a listener that does not answer: syslog over UDP, TCP or a stream socket of this machine.
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { createConnection, type Socket } from "node:net";

/** Where messages go. */
export type MessageAddress =
  | { readonly kind: "udp" | "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Sends one message after another; connects when there is one, and again after a failure. */
export interface MessageSocket {
  /** @throws The system's error, when it could not be handed over. */
  send(message: Buffer): Promise<void>;
  close(): void;
}

const CONNECT_MS = 5_000;
const WRITE_MS = 5_000;

/** Nothing is opened before the first message. */
export function openMessageSocket(address: MessageAddress): MessageSocket {
  return address.kind === "udp" ? new Datagrams(address.host, address.port) : new Stream(address);
}

class Datagrams implements MessageSocket {
  readonly #host: string;
  readonly #port: number;
  #socket: DatagramSocket | null = null;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  send(message: Buffer): Promise<void> {
    const socket = this.#socket ?? this.#open();
    return new Promise((resolve, reject) => {
      socket.send(message, this.#port, this.#host, (error) => (error ? reject(error) : resolve()));
    });
  }

  #open(): DatagramSocket {
    this.#socket = createSocket(this.#host.includes(":") ? "udp6" : "udp4").unref();
    // Whoever sends hears of it.
    this.#socket.on("error", () => undefined);
    return this.#socket;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}

class Stream implements MessageSocket {
  readonly #address: MessageAddress;
  #socket: Socket | null = null;

  constructor(address: MessageAddress) {
    this.#address = address;
  }

  async send(message: Buffer): Promise<void> {
    const socket = this.#socket ?? (await this.#connect());
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error("it takes nothing")), WRITE_MS);
      const failed = (error: Error): void => reject(error);
      socket.once("error", failed);
      socket.write(message, (error) => {
        clearTimeout(timer);
        socket.off("error", failed);
        if (error) reject(error);
        else resolve();
      });
    }).catch((error: unknown) => {
      this.close();
      throw error;
    });
  }

  close(): void {
    this.#socket?.end();
    this.#socket = null;
  }

  #connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const to = this.#address;
      const socket = createConnection(
        to.kind === "unix" ? { path: to.path } : { host: to.host, port: to.port },
      );
      const timer = setTimeout(() => {
        socket.destroy(new Error("it does not take the connection"));
      }, CONNECT_MS);
      socket.once("connect", () => {
        clearTimeout(timer);
        socket.off("error", reject);
        // What happens between messages is met by the next one.
        socket.on("error", () => this.#lose(socket));
        socket.on("close", () => this.#lose(socket));
        socket.unref();
        resolve(socket);
      });
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
    });
  }

  #lose(socket: Socket): void {
    if (this.#socket === socket) this.#socket = null;
  }
}
