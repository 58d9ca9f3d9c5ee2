// JSON objects that stand one after the other, as `gearman` prints the data of a job.

interface Scan {
  depth: number;
  inText: boolean;
  escaped: boolean;
}

/** Takes one character in; whether it ends an object. */
function step(scan: Scan, character: string): boolean {
  if (scan.inText) {
    if (scan.escaped) scan.escaped = false;
    else if (character === '\\') scan.escaped = true;
    else if (character === '"') scan.inText = false;
    return false;
  }
  if (character === '"') scan.inText = true;
  else if (character === '{') scan.depth += 1;
  else if (character === '}') {
    scan.depth -= 1;
    return scan.depth === 0;
  }
  return false;
}

/** The whole objects of a text; one that has not come whole yet is left out. Throws where the text is no JSON. */
export function jsonObjects(text: string): readonly Readonly<Record<string, unknown>>[] {
  const objects: Readonly<Record<string, unknown>>[] = [];
  const scan: Scan = { depth: 0, inText: false, escaped: false };
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const between = scan.depth === 0;
    // What stands between two objects (line ends, a progress) is nobody's.
    if (between && text[at] !== '{') continue;
    if (between) start = at;
    if (step(scan, text[at] ?? '')) {
      // Balanced braces from the outside in: what parses here is an object.
      objects.push(JSON.parse(text.slice(start, at + 1)) as Readonly<Record<string, unknown>>);
    }
  }
  return objects;
}
