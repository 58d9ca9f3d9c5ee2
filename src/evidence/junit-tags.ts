// The tags of a JUnit report, from chunks that end anywhere. Comments, CDATA and declarations are passed over; a `>` in a quoted value ends no tag.

/** A whole tag. Its places are counted in bytes from the beginning of the report. */
export interface Tag {
  readonly start: number;
  /** Behind its `>`. */
  readonly end: number;
  /** It ends in `/>`. */
  readonly empty: boolean;
  /** Its bytes; of one that goes over several chunks the first 4 KiB. */
  readonly bytes: Buffer;
}

export interface TagReader {
  /** Takes the next bytes; they may be used again afterwards, and so may those of the tags that were given out. */
  write(chunk: Buffer): void;
  /** Where the tag, comment, section or declaration began in which the bytes so far end; null: in none. */
  unfinished(): number | null;
}

/** What is kept of a tag that goes on in another chunk. */
const headLimit = 4_096;

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const doubleQuote = 0x22;
const singleQuote = 0x27;

/** What is passed over; it ends with so many `mark`s and a `>`. */
interface Section {
  readonly opening: Buffer;
  readonly mark: number;
  readonly marks: number;
}

const sections: readonly Section[] = [
  { opening: Buffer.from('<!--'), mark: 0x2d, marks: 2 },
  { opening: Buffer.from('<![CDATA['), mark: 0x5d, marks: 2 },
  { opening: Buffer.from('<?'), mark: 0x3f, marks: 1 },
];

/** Whether the bytes there begin as wanted, as far as the chunk goes. Compared one by one: a view for each tag would be most of the work. */
function begins(chunk: Buffer, at: number, wanted: Buffer): boolean {
  const there = Math.min(wanted.length, chunk.length - at);
  for (let nth = 0; nth < there; nth += 1) if (chunk[at + nth] !== wanted[nth]) return false;
  return true;
}

/** What a `<` opens; null: the next chunk has to tell. */
function openedAt(chunk: Buffer, at: number): Section | 'tag' | null {
  for (const section of sections) {
    if (begins(chunk, at, section.opening))
      return at + section.opening.length <= chunk.length ? section : null;
  }
  return 'tag';
}

/** Walks through sections; gives the place behind the one that it is in, -1 where the chunk ends before it. */
function createSectionWalk(): (chunk: Buffer, at: number, section: Section) => number {
  /** Marks with which the chunk before ended. */
  let carried = 0;
  return (chunk, at, { mark, marks }) => {
    for (let from = at; ;) {
      const found = chunk.indexOf(greaterThan, from);
      const to = found === -1 ? chunk.length : found;
      let here = 0;
      while (here < marks && to - here > at && chunk[to - here - 1] === mark) here += 1;
      const together = to - here === at ? here + carried : here;
      if (found === -1 || together >= marks) {
        carried = found === -1 ? Math.min(together, marks) : 0;
        return found === -1 ? -1 : found + 1;
      }
      from = found + 1;
    }
  };
}

/** Walks through tags; gives the place behind the one that it is in, -1 where the chunk ends before it. */
function createTagWalk(): { walk(chunk: Buffer, at: number): number; empty(): boolean } {
  let quote = 0;
  let last = 0;
  return {
    walk(chunk, at) {
      let open = quote;
      for (let place = at; place < chunk.length; place += 1) {
        const byte = chunk[place] ?? 0;
        if (open !== 0) open = byte === open ? 0 : open;
        else if (byte === doubleQuote || byte === singleQuote) open = byte;
        else if (byte === greaterThan) {
          quote = 0;
          last = place > at ? (chunk[place - 1] ?? 0) : last;
          return place + 1;
        }
      }
      quote = open;
      last = chunk[chunk.length - 1] ?? 0;
      return -1;
    },
    empty: () => last === slash,
  };
}

/** The beginning of a tag of which the end is still to come. */
function createHead(): { add(part: Buffer): void; take(): Buffer | null } {
  const bytes = Buffer.allocUnsafe(headLimit);
  let size = 0;
  return {
    add(part) {
      size += part.copy(bytes, size);
    },
    take() {
      const taken = size === 0 ? null : bytes.subarray(0, size);
      size = 0;
      return taken;
    },
  };
}

const none = Buffer.alloc(0);

/** Reads tags, each when its last byte has come. */
export function createTagReader(onTag: (tag: Tag) => void): TagReader {
  const sectionWalk = createSectionWalk();
  const tagWalk = createTagWalk();
  const head = createHead();
  /** Where in the report the chunk begins; what the walk is in, and where that began. */
  let base = 0;
  let inside: Section | 'tag' | null = null;
  let start = 0;
  /** A `<` of which the next bytes tell what it opens. */
  let undecided: Buffer = none;

  /** Each of these gives the place where to go on, -1 where the chunk is used up. */
  const walkText = (chunk: Buffer, at: number): number => {
    const found = chunk.indexOf(lessThan, at);
    if (found === -1) return -1;
    start = base + found;
    inside = openedAt(chunk, found);
    if (inside === null) undecided = Buffer.from(chunk.subarray(found));
    if (inside === null || inside === 'tag') return inside === null ? -1 : found;
    return found + inside.opening.length;
  };
  const walkTag = (chunk: Buffer, at: number): number => {
    const end = tagWalk.walk(chunk, at);
    const here = chunk.subarray(at, end === -1 ? chunk.length : end);
    if (end === -1 || start < base + at) head.add(here);
    if (end === -1) return -1;
    inside = null;
    onTag({ start, end: base + end, empty: tagWalk.empty(), bytes: head.take() ?? here });
    return end;
  };
  const walkSection = (chunk: Buffer, at: number, section: Section): number => {
    const end = sectionWalk(chunk, at, section);
    if (end !== -1) inside = null;
    return end;
  };

  return {
    write(given) {
      const chunk = undecided.length === 0 ? given : Buffer.concat([undecided, given]);
      undecided = none;
      for (let at = 0; at !== -1 && at < chunk.length;) {
        if (inside === null) at = walkText(chunk, at);
        else at = inside === 'tag' ? walkTag(chunk, at) : walkSection(chunk, at, inside);
      }
      base += chunk.length - undecided.length;
    },
    unfinished: () => (inside !== null || undecided.length > 0 ? start : null),
  };
}
