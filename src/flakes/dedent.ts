// A piece of a log that somebody quoted: every line stands behind the same blanks or a mark.

/** How a line begins with which such a piece may begin. */
const opening = /^(?:> ?| {1,8})(?=(?:FAIL|ERROR): \S+ \(|={70}$|test [\w.]+ (?:failed|crashed) -- )/;

/** Takes away what stands before each line of a quoted piece, from its first line on to the first that does not have it. */
export function createDedent(): (text: string) => string {
  let before = '';
  return (text) => {
    // Nearly no line begins so: the pattern would cost more than all that comes after it.
    if (before === '' && !text.startsWith(' ') && !text.startsWith('>')) return text;
    const begun = opening.exec(text)?.[0];
    if (begun !== undefined) before = begun;
    if (before === '') return text;
    if (text.startsWith(before)) return text.slice(before.length);
    if (text.trim() !== '' && text.trim() !== before.trim()) before = '';
    return text;
  };
}
