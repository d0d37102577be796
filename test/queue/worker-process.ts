/** A process for the kill test: works jobs on DIRECTORY, writes what it does to LOG, and can get stuck in one job. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/database/open-database.ts';
import { startQueue } from '../../src/queue/boss-queue.ts';
import type { ConcludeJob, Job } from '../../src/queue/queue.ts';

const [directory = '', log = '', mode = ''] = process.argv.slice(2);
const say = (line: string) => {
  appendFileSync(log, `${line}\n`);
};

const database = await openDatabase({ url: undefined, directory });
const queue = await startQueue(database, {
  report: (problem) => {
    say(`problem ${problem.event}`);
  },
});
process.once('SIGTERM', () => {
  void queue
    .stop()
    .then(() => database.close())
    .then(() => {
      say('stopped');
    });
});

const job = (number: number, runId: number): ConcludeJob => ({
  kind: 'conclude-probe',
  installation: 1,
  owner: 'octo',
  name: 'app',
  number,
  runId,
});
if (mode === 'stuck') {
  for (const runId of [1, 2, 3, 4]) for (const number of [1, 2]) await queue.send(job(number, runId));
}

const handle = async (given: Job) => {
  const name = `${given.number}:${'runId' in given ? given.runId : 0}`;
  say(`start ${name}`);
  await sleep(mode === 'stuck' && name === '1:2' ? 3_600_000 : 20);
  say(`done ${name}`);
};
await queue.work({
  'review-pull-request': handle,
  'conclude-probe': handle,
  'probe-deadline': handle,
  react: handle,
});
