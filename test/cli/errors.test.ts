import { describe, expect, it } from 'vitest';
import { MachineError, UserError, describeError, exitStatus, firstLine } from '../../src/errors.ts';

describe('what went wrong', () => {
  it.each([
    [new UserError('--base: no such branch'), '--base: no such branch', 2],
    [new MachineError('git was not found'), 'git was not found', 3],
    [
      new TypeError('x is undefined\nmore'),
      'Leakcheck itself failed: x is undefined. Please report it; LEAKCHECK_DEBUG=1 shows where it happened',
      3,
    ],
    [
      'thrown text.',
      'Leakcheck itself failed: thrown text. Please report it; LEAKCHECK_DEBUG=1 shows where it happened',
      3,
    ],
  ])('%s', (error, sentence, status) => {
    expect(describeError(error, false)).toBe(sentence);
    expect(exitStatus(error)).toBe(status);
  });

  it('shows where with debugging, and what caused it', () => {
    const error = new MachineError('git failed', { cause: new Error('exit status 128') });

    const text = describeError(error, true);

    expect(text).toMatch(/^git failed\nMachineError: git failed\n +at /);
    expect(text).toContain('caused by Error: exit status 128');
    expect(text).toContain('errors.test.ts');
  });

  it('takes the first line of whatever was thrown', () => {
    expect([new Error('a.\nb'), 'c', undefined].map(firstLine)).toEqual(['a', 'c', 'undefined']);
  });
});
