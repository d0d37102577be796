/**
 * What can go wrong, and who must mend it:
 *
 *     Error
 *     ├── UserError          the command, its configuration or its input is wrong       exit status 2
 *     ├── MachineError       this machine lacks something, or a program on it failed    exit status 3
 *     └── anything else      a bug of ours                                              exit status 3
 *
 * The message of a UserError or MachineError is one sentence for people: what, where, how to mend it.
 */

export class UserError extends Error {
  override readonly name = 'UserError';
}

export class MachineError extends Error {
  override readonly name = 'MachineError';
}

export const EXIT_OK = 0;
export const EXIT_FINDINGS = 1;
export const EXIT_WRONG_INPUT = 2;
export const EXIT_FAILED = 3;

export function exitStatus(error: unknown): number {
  return error instanceof UserError ? EXIT_WRONG_INPUT : EXIT_FAILED;
}

/** One sentence for people; the stack only with LEAKCHECK_DEBUG=1. */
export function describeError(error: unknown, debug: boolean): string {
  const known = error instanceof UserError || error instanceof MachineError;
  const sentence = known
    ? error.message
    : `Leakcheck itself failed: ${firstLine(error)}. Please report it; LEAKCHECK_DEBUG=1 shows where it happened`;
  return debug && error instanceof Error && error.stack !== undefined
    ? `${sentence}\n${fullStack(error)}`
    : sentence;
}

function fullStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${fullStack(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').trim().replace(/\.$/, '');
}
