import type { Descriptor, Parameter, SensorEvent } from "../../model/event.ts";
import { OpenedFile, UsedFile, UsedSocket } from "./descriptors.ts";
import { Frame } from "./frame.ts";
import { bodyOf, isSocketFrame, PARAMETERS } from "./kinds.ts";
import { HEAD, IN_MEMORY, KILLED, NAMES } from "./layout.ts";
import { type Beyond, type ProcessState, ProcessTable } from "./processes.ts";

const BILLION = 1_000_000_000;

/**
 * The events of a stream of frames: one object that shows the frame it was last set to. Strings are made when they are asked
 * for, so that a rule that looks at a number pays for a number.
 */
export class FrameEvent implements SensorEvent {
  readonly frame: Frame = new Frame();
  readonly processes: ProcessTable;
  readonly #opened = new OpenedFile(this.frame);
  readonly #used = new UsedFile(this.frame);
  readonly #socket = new UsedSocket(this.frame);
  readonly #bootedAt: { readonly seconds: number; readonly nanoseconds: number };
  #process!: ProcessState;
  #descriptor: Descriptor | null | undefined = undefined;
  code = 0;
  number = 0;
  tid = 0;

  constructor(
    beyond: Beyond,
    bootedAt: { readonly seconds: number; readonly nanoseconds: number },
  ) {
    this.processes = new ProcessTable(beyond);
    this.#bootedAt = bootedAt;
  }

  /**
   * Shows the frame at a place, and lets it change what is known of processes.
   *
   * @returns whether it is an event: not for what is no frame, nor for what the stream says about itself.
   */
  show(bytes: Buffer, at: number, length: number): boolean {
    const { frame } = this;
    if (!frame.look(bytes, at, length)) return false;
    const body = bodyOf(frame.code);
    if (body === null) return false;
    this.code = frame.code;
    this.number += 1;
    this.tid = frame.u32(HEAD.tid);
    this.#descriptor = undefined;
    const process = this.processes.of(frame);
    this.#process = process;
    if (body === "exec") this.processes.exec(frame, process);
    else if (body === "clone") this.processes.fork(frame, process);
    else if (body === "exit") this.processes.exit(process);
    return true;
  }

  get process(): ProcessState {
    return this.#process;
  }

  get seconds(): number {
    return this.#bootedAt.seconds + Math.floor(this.#sinceBoot() / BILLION);
  }

  get nanoseconds(): number {
    return this.#sinceBoot() % BILLION;
  }

  #sinceBoot(): number {
    return this.frame.u64(HEAD.time) + this.#bootedAt.nanoseconds;
  }

  get result(): number {
    return this.frame.i64(HEAD.result);
  }

  /** Enforcement ended the process before its first instruction. */
  get isKilled(): boolean {
    return (this.frame.u16(HEAD.flags) & KILLED) !== 0;
  }

  /** Memory that is in no file was made executable, where something is enforced. */
  get isMemoryCode(): boolean {
    return (this.frame.u16(HEAD.flags) & IN_MEMORY) !== 0;
  }

  get descriptor(): Descriptor | null {
    if (this.#descriptor === undefined) this.#descriptor = this.#readDescriptor();
    return this.#descriptor;
  }

  #readDescriptor(): Descriptor | null {
    const { frame } = this;
    switch (bodyOf(frame.code)) {
      case "open":
        return this.#opened.again();
      case "descriptor":
        return this.#used;
      case "socket":
        return this.#socket.again(isServing(frame.code));
      case "dup":
        return isSocketFrame(frame) ? this.#socket.again(false) : this.#used;
      default:
        return null;
    }
  }

  parameter(name: string): Parameter | null {
    const read = PARAMETERS[this.code]?.[name];
    return read === undefined ? null : read(this.frame);
  }

  /** A name of the call, made absolute; the second one when `second`. */
  path(second: boolean): string {
    const { frame } = this;
    const first = NAMES.strings;
    const name = second ? frame.after(frame.after(first)) : first;
    return frame.absolute(name);
  }
}

const ACCEPT = 11;
const LISTEN = 13;

function isServing(code: number): boolean {
  return code >= ACCEPT && code <= LISTEN;
}
