/**
 * Reads a Retry-After header.
 *
 * @param nowMs The time, for headers that name a moment.
 * @returns Milliseconds from now, 0 for a moment that has passed; null when the header is absent or says nothing.
 * @see RFC 9110, 10.2.3
 */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const written = header.trim();
  if (/^\d{1,9}$/.test(written)) return Number(written) * 1000;
  // All three forms of dates name the month; Date.parse alone would take anything with a number in it.
  if (!/^[A-Za-z]{3,9},? /.test(written) || written.length > 60) return null;
  const at = Date.parse(written);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
