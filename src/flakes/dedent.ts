// A piece of a log that somebody quoted: every line stands behind the same blanks or a mark.

/** How a line begins with which such a piece may begin. */
const opening =
  /^(?: {1,8}> |> ?| {1,8})(?=(?:FAIL|ERROR): \S+ \(|={70}$|test [\w.]+ (?:failed|crashed) -- )/;

/** With which a log begins of which nothing stands further left. */
const first = /^(?: {1,8}> |> ?| {1,8})(?=Traceback \(most recent call last\)|Fatal Python error: )/;

/** What Spack takes for the errors of a build, each line with its number. */
const numberedHead = /^\d{1,5} errors? found in build log:$/;
const numbered = /^ {2}(?:>> {1,7}| {3,9})\d{1,7}(?: {4}|$)/;

/** Takes away what stands before each line of a quoted piece, from its first line on to the first that does not have it. */
export function createDedent(): (text: string) => string {
  let before = '';
  let numbers = false;
  let begun = false;
  return (text) => {
    if (numbers) {
      numbers = numbered.test(text);
      if (numbers) return text.replace(numbered, '');
    } else if (text.endsWith(':') && numberedHead.test(text)) numbers = true;
    const earlier = begun;
    begun ||= text !== '';
    // Nearly no line begins so: the pattern would cost more than all that comes after it.
    if (before === '' && !text.startsWith(' ') && !text.startsWith('>')) return text;
    const mark = (earlier ? opening : first).exec(text)?.[0] ?? opening.exec(text)?.[0];
    if (mark !== undefined) before = mark;
    if (before === '') return text;
    if (text.startsWith(before)) return text.slice(before.length);
    if (text.trim() !== '' && text.trim() !== before.trim()) before = '';
    return text;
  };
}
