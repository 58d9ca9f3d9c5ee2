// A glob over one value of a failure: `*` any text, `?` one character, the rest stands for itself. No RegExp is built from it, so
// nothing can backtrack without end.

/** Whether the whole text is as the glob says. At most length × length steps. */
export function fitsGlob(glob: string, text: string): boolean {
  const pieces = glob.split('*').map((piece) => Array.from(piece));
  const given = Array.from(text);
  const first = pieces[0] ?? [];
  if (!pieceAt(first, given, 0)) return false;
  if (pieces.length === 1) return given.length === first.length;
  const last = pieces.at(-1) ?? [];
  const end = given.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    while (at + piece.length <= end && !pieceAt(piece, given, at)) at += 1;
    if (at + piece.length > end) return false;
    at += piece.length;
  }
  return at <= end && pieceAt(last, given, end);
}

function pieceAt(piece: readonly string[], given: readonly string[], at: number): boolean {
  if (at + piece.length > given.length) return false;
  return piece.every((wanted, index) => wanted === '?' || wanted === given[at + index]);
}
