// The arguments of `stop:` and `set_description:` jobs (GATEKEEPER.md section 3).

export interface Named {
  readonly name: string;
  readonly number: string;
  readonly description: string;
}

/** Name, number and description; null when the payload names no job. `text` is the decoded payload. */
export function readNamed(text: string | null): Named | null {
  if (text === null) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  const fields = new Map<string, unknown>(Object.entries(parsed));
  const field = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const number = field('number');
  return number === '' ? null : { name: field('name'), number, description: field('html_description') };
}
