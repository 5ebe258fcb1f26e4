/** The time, RFC 3339 in UTC. The only place that asks the machine. */
export function now(): string {
  return new Date().toISOString();
}
