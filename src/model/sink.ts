// Where alerts are sent, and what became of them there.

/** What became of the alerts that a sink was given. */
export interface SinkState {
  /** Without secrets: of an address that is one, the host alone. */
  readonly name: string;
  readonly sent: number;
  /** Not delivered: the other side failed, or could not keep up. */
  readonly dropped: number;
  /** Why the last one was dropped; null when none was. */
  readonly failure: string | null;
}
