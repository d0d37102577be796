/** `npm start`: runs the App until it is told to stop. */
import { describeError, exitStatus } from '../errors.ts';
import { startApp } from './app.ts';
import type { RunningApp } from './app.ts';
import { readSettings } from './environment.ts';

const isDebug = process.env['LEAKCHECK_DEBUG'] === '1';

try {
  stopOnSignal(await startApp(readSettings(process.env)));
} catch (error) {
  fail(error);
}

function stopOnSignal(app: RunningApp): void {
  let isStopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait; what was begun is done again after the next start.
      if (isStopping) process.exit(1);
      isStopping = true;
      app.close().then(() => process.exit(0), fail);
    });
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${describeError(error, isDebug)}\n`);
  process.exit(exitStatus(error));
}
