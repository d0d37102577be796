/** What the stories keep, in memory and as strict as the store. */
import type { ProbeRunRecord, Push, ReviewRecords } from '../../src/pipeline/app-ports.ts';

export function createMemoryRecords(): ReviewRecords & { readonly all: ProbeRunRecord[] } {
  const states = new Map<string, string>();
  const all: ProbeRunRecord[] = [];
  const keyOf = ({ owner, name, number, head }: Push) => `${owner}/${name}#${number}@${head}`;
  const change = (requestId: string, changes: Partial<ProbeRunRecord>) => {
    const index = all.findIndex((run) => run.requestId === requestId);
    const found = all[index];
    if (found === undefined) throw new Error(`there is no run ${requestId}`);
    all[index] = { ...found, ...changes };
    return Promise.resolve();
  };
  return {
    all,
    pending(push) {
      const text = states.get(keyOf(push));
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as unknown));
    },
    open(push, { state, runs }) {
      states.set(keyOf(push), JSON.stringify(state));
      const wanted = new Set(runs.map(({ requestId }) => requestId));
      const kept = all.filter((run) => keyOf(run.push) !== keyOf(push) || wanted.has(run.requestId));
      const known = new Set(kept.map(({ requestId }) => requestId));
      const added = runs
        .filter(({ requestId }) => !known.has(requestId))
        .map((run): ProbeRunRecord => ({ ...run, push, runId: null, url: null, state: 'planned' }));
      all.splice(0, all.length, ...kept, ...added);
      return Promise.resolve();
    },
    update(push, state) {
      states.set(keyOf(push), JSON.stringify(state));
      return Promise.resolve();
    },
    close(push) {
      states.delete(keyOf(push));
      all.splice(0, all.length, ...all.filter((run) => keyOf(run.push) !== keyOf(push)));
      return Promise.resolve();
    },
    runs: (push) => Promise.resolve(all.filter((run) => keyOf(run.push) === keyOf(push))),
    runById: (owner, name, runId) =>
      Promise.resolve(
        all.find((run) => run.runId === runId && run.push.owner === owner && run.push.name === name),
      ),
    runByRequest: (requestId) => Promise.resolve(all.find((run) => run.requestId === requestId)),
    started: (requestId, runId, url) => change(requestId, { runId, url, state: 'started' }),
    completed: (requestId) => change(requestId, { state: 'completed' }),
  };
}
