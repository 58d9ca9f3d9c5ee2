// Many things at once often ask for the same work: it is done once, after the turn in which it was asked for.

/** A function that runs the task once after the present turn of the event loop, however often it is called until then. */
export function afterThisTurn(task: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      task();
    });
  };
}
