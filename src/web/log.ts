// The part of a log that the web needs; the daemon's log has it.

export interface WebLog {
  info(fields: { readonly address?: string; readonly why?: string }, sentence: string): void;
  warn(
    fields: { readonly address?: string; readonly why?: string; readonly err?: unknown },
    sentence: string,
  ): void;
}
