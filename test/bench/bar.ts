// What a bar is: one row of the table, or several where it demands several figures.

export interface Row {
  /** What is demanded, with its figure. */
  readonly demanded: string;
  readonly measured: string;
  /** The peer's figure beside it; empty where there is none. */
  readonly peer: string;
  readonly met: boolean;
}

export interface Bar {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** It takes too long to be among all: measured where it is named. */
  readonly apart?: boolean;
  /** `short`: fewer repeats, for CI. */
  measure(effort: Effort): Promise<readonly Row[]>;
}

export interface Effort {
  readonly short: boolean;
  /** Milliseconds for which a bar that holds a state measures it; null: its own. */
  readonly steady: number | null;
  /** A line of progress on stderr. */
  readonly say: (line: string) => void;
}
