/** Whether a version is the wanted one or newer; versions are three numbers each. */
export function isAtLeast(version: string, wanted: string): boolean {
  const theirs = wanted.split('.').map(Number);
  const ours = version.split('.').map(Number);
  const differs = theirs.findIndex((part, at) => part !== ours[at]);
  return differs < 0 || (ours[differs] ?? 0) > (theirs[differs] ?? 0);
}
