// Root hook: a file that leaves a process, a listening socket or a timer behind fails.

export const mochaHooks = {};
