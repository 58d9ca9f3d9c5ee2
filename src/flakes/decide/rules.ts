// The figures of the rule set R* (FLAKES.md 6.3), chosen by simulation.

/** Repeats of the failing files in one measuring build. */
export const repeatsAsked = 20;
/** The factory stops at this many failing repeats. */
export const failuresToStop = 6;
/** A known flake may fail again in so many of the repeats. */
export const againAllowed = 5;
/** The base must fail at least so many of its repeats to stand for a failure that is not the change's. */
export const baseFailures = 3;
/** The change may fail so many more of 20 than its base. */
export const worseAllowed = 3;
/** Whole builds where tests cannot be repeated by name: all clean. */
export const wholeBuilds = 5;
