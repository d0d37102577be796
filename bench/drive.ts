/**
 * How many public callables of well-known packages the probe can call with arguments that it makes itself. Each is driven
 * in a process of its own, as another user where the machine allows it, without network.
 *
 *     npm run bench:drive [-- --sample N | --all | --list | --python PATH | PACKAGE…]
 *
 * --list prints every callable that was not driven to a normal return without a stub.
 */
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { z } from 'zod';
import { PACKAGES, packages, versionOf } from './trees.ts';

/** They import with nothing but themselves. Changes to the driver are made by looking at these… */
const SEEN = ['attr', 'click', 'docutils', 'gunicorn', 'marshmallow', 'networkx', 'packaging', 'pygments'];
/** …and judged by these, at which nobody looked. */
const UNSEEN = ['fontTools', 'rich', 'setuptools', 'uvicorn'];
const SECONDS = 20;
const SEED = 7;

const Package = z.object({ package: z.string(), callables: z.number(), sampled: z.number() });
const Driven = z.object({
  file: z.string(),
  qualname: z.string(),
  kind: z.string(),
  outcome: z.enum(['reached', 'returned', 'failed']),
  stubs: z.array(z.string()).default([]),
  group: z.string().default(''),
  error: z.string().nullish(),
  seconds: z.number(),
});
type Driven = z.infer<typeof Driven>;

interface Row {
  readonly name: string;
  readonly callables: number;
  readonly driven: readonly Driven[];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '100' },
    all: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
  },
});
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function drive(name: string): Promise<Row> {
  const sample = options.all ? '0' : options.sample;
  const worker = execa(
    options.python,
    [
      '-S',
      here('drive/worker.py'),
      here('../python-runner/src'),
      PACKAGES,
      name,
      sample,
      `${SEED}`,
      `${SECONDS}`,
    ],
    { stderr: 'inherit', buffer: false },
  );
  const driven: Driven[] = [];
  let callables = 0;
  for await (const line of createInterface({ input: worker.stdout })) {
    const parsed: unknown = JSON.parse(line);
    const head = Package.safeParse(parsed);
    if (head.success) callables = head.data.callables;
    else driven.push(Driven.parse(parsed));
  }
  await worker;
  return { name, callables, driven };
}

/** All of them, as many at a time as there are processors. */
async function driveAll(names: readonly string[]): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const waiting = [...names];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      rows.set(name, await drive(name));
      process.stderr.write(`${name} done\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return names.flatMap((name) => rows.get(name) ?? []);
}

const isReturned = ({ outcome }: Driven): boolean => outcome !== 'failed';
const isReached = ({ outcome }: Driven): boolean => outcome === 'reached';
const counts = (item: Driven): boolean => isReached(item) && item.stubs.length === 0;

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title.padEnd(24)}  public  driven  returned  reached  without a stub   stubs`);
  for (const { name, callables, driven } of rows) line(`${name} ${versionOf(name)}`, callables, driven);
  const all = rows.flatMap(({ driven }) => driven);
  line(
    'together',
    rows.reduce((sum, { callables }) => sum + callables, 0),
    all,
  );
  for (const kind of ['function', 'method', 'property', 'class'])
    line(
      `  ${kind}`,
      undefined,
      all.filter((item) => item.kind === kind),
    );
}

function line(name: string, callables: number | undefined, driven: readonly Driven[]): void {
  const share = (of: readonly Driven[], among: readonly Driven[] = driven): string =>
    among.length === 0 ? '-' : `${((of.length / among.length) * 100).toFixed(1)} %`;
  const reached = driven.filter(isReached);
  console.log(
    [
      name.padEnd(24),
      `${callables ?? ''}`.padStart(8),
      `${driven.length}`.padStart(8),
      share(driven.filter(isReturned)).padStart(10),
      share(reached).padStart(9),
      share(driven.filter(counts)).padStart(16),
      share(
        reached.filter((item) => !counts(item)),
        reached,
      ).padStart(8),
    ].join(''),
  );
}

function printReasons(driven: readonly Driven[]): void {
  const rest = driven.filter((item) => !counts(item));
  const groups = Map.groupBy(rest, (item) =>
    item.outcome === 'failed'
      ? item.group
      : isReached(item)
        ? 'driven with a stub'
        : 'returned before its body',
  );
  console.log('\nwhy the rest is not driven without a stub');
  for (const [group, items] of [...groups].sort(([, a], [, b]) => b.length - a.length))
    console.log(`  ${group.padEnd(32)} ${((items.length / driven.length) * 100).toFixed(1)} %`);
  const times = driven.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  console.log(`\nseconds for one, import included: median ${at(0.5)}, 9 of 10 below ${at(0.9)}`);
}

packages();
const wanted = positionals.length > 0 ? positionals : [...SEEN, ...UNSEEN];
const rows = await driveAll(wanted);
const seen = rows.filter(({ name }) => !UNSEEN.includes(name));
const unseen = rows.filter(({ name }) => UNSEEN.includes(name));
const all = rows.flatMap(({ driven }) => driven);
if (options.list) {
  for (const { file, qualname, outcome, group, stubs, error } of all.filter((item) => !counts(item)))
    console.log(`${outcome.padEnd(9)} ${file}::${qualname}  ${group} ${stubs.join(' ')} ${error ?? ''}`);
}
if (seen.length > 0) print('looked at', seen);
if (unseen.length > 0) print('not looked at', unseen);
if (seen.length > 0 && unseen.length > 0) print('all', rows);
printReasons(all);
