/** Whether a source of ADD, or a word of a command, is fetched from elsewhere. */
export function isRemote(source: string): boolean {
  return /^(?:https?|ftp|git|ssh):\/\/|^git@/i.test(source);
}
