/** Reads what the probe wrote. The tested code may have written it: sizes first, then the schema. */
import { readFile, stat } from 'node:fs/promises';
import type { ProbePlan } from '../contract/plan.ts';
import { MAX_REPORT_BYTES, MAX_TARGET_BYTES, ProbeReport } from '../contract/report.ts';
import type { ProbeRun } from '../pipeline/ports.ts';

export async function readReport(path: string, plan: ProbePlan): Promise<ProbeRun> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) return without('the probe wrote no report');
  if (!entry.isFile()) return without('the probe report is not a file');
  if (entry.size > MAX_REPORT_BYTES) {
    return without(`the probe report has ${entry.size} bytes, the limit is ${MAX_REPORT_BYTES}`);
  }
  return parseReport(await readFile(path, 'utf8'), plan);
}

export function parseReport(text: string, plan: Pick<ProbePlan, 'targets'>): ProbeRun {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return without('the probe report is not JSON');
  }
  const parsed = ProbeReport.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
    return without(`the probe report does not follow its schema at ${where}`);
  }
  const ids = new Set(plan.targets.map(({ id }) => id));
  const results = parsed.data.results.filter(
    (result) => ids.delete(result.id) && Buffer.byteLength(JSON.stringify(result)) <= MAX_TARGET_BYTES,
  );
  const dropped = parsed.data.results.length - results.length;
  return {
    report: { ...parsed.data, results },
    reason:
      dropped === 0 ? '' : `${dropped} results were dropped: not asked for, given twice, or above 64 KiB`,
  };
}

function without(reason: string): ProbeRun {
  return { report: null, reason };
}
