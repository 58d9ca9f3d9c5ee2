// What a client of /live asks for, by its address: one job or the list, as JSON or as the contents of a page.

export interface Subscription {
  /** null: the list. */
  readonly job: string | null;
  readonly as: 'json' | 'html';
}

/** Reads the address of a WebSocket request; null: it is not /live, or not one that we know. */
export function subscriptionOf(target: string): Subscription | null {
  const [path, query = ''] = target.split('?', 2);
  if (path !== '/live') return null;
  const asked = new URLSearchParams(query);
  const job = asked.get('job');
  if (job !== null && !/^[A-Za-z0-9._-]{1,63}$/.test(job)) return null;
  const as = asked.get('as') ?? 'json';
  return as === 'json' || as === 'html' ? { job, as } : null;
}

/** Subscriptions with the same key get the same text. */
export function subscriptionKey({ job, as }: Subscription): string {
  return `${as} ${job ?? ''}`;
}

/**
 * Whether a page at `origin` may listen: one of ours (public_url), or one that came from the very address asked. A client that is no
 * browser sends no origin and may.
 */
export function mayListen(origin: string | undefined, host: string | undefined, publicUrl: string): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const asked = new URL(origin);
  return asked.origin === new URL(publicUrl).origin || asked.host === host;
}
