// Who lends a machine.

/** By habit a worker is called `<owner>-<what it is>`; a name without a hyphen is an owner of its own. */
export function ownerOf(worker: string): string {
  return worker.split('-', 1)[0] ?? worker;
}
