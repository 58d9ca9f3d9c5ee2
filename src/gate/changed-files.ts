// The files that a change touches, as the gatekeeper or a command of the job says them (FLAKES.md 6.3). What is not understood is no
// list: then every file counts as touched, which forgives less and never more.

const mostFiles = 2_000;
const mostText = 64 * 1024;
const longestPath = 1_000;

function jsonList(text: string): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestPath && !/\p{C}/u.test(value);
}

/** A JSON list of paths, or one path a line; null for no list, an empty one, and one too long to be kept with the run. */
export function filesIn(text: string): readonly string[] | null {
  if (text.length > mostText) return null;
  const trimmed = text.trim();
  const files = trimmed.startsWith('[')
    ? jsonList(trimmed)
    : trimmed.split(/\r?\n/).filter((line) => line !== '');
  if (files === null || files.length === 0 || files.length > mostFiles || !files.every(isPath)) return null;
  return [...new Set(files)];
}
