/** What must be undone when a signal ends the process before its `finally` blocks run. */
const pending = new Set<() => void>();

/**
 * @param undo must be synchronous and must not throw when the thing is already gone
 * @returns a function that forgets the undo
 */
export function onAbort(undo: () => void): () => void {
  pending.add(undo);
  return () => pending.delete(undo);
}

/** Newest first: a process is killed before the folder that it works in is removed. */
export function undoAll(): void {
  for (const undo of [...pending].reverse()) {
    pending.delete(undo);
    undo();
  }
}

/** The shell's convention: 128 plus the number of the signal. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export function undoOnSignals(): void {
  for (const [signal, status] of Object.entries(EXIT_STATUS)) {
    process.once(signal, () => {
      undoAll();
      process.exit(status);
    });
  }
}
