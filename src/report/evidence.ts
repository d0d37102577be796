/** What was measured, in words. Pure: numbers in, sentences out; nothing is escaped here. */
import type { Measurement, PerCall, ProbeResult, RetainingPath, Window } from '../contract/report.ts';
import type { Finding } from '../contract/scan.ts';
import { pathThroughHolder } from '../verdict/link.ts';
import { origin } from '../verdict/origin.ts';
import { bytes, counted, enumerated, number } from './amounts.ts';
import { levels, sparkline } from './sparkline.ts';

/** `512 B`, `1.00 MiB of GPU memory`. */
const AMOUNT = /^[\d.,]+ (?:[KMGT]i)?B\b/;

/** Below this a byte count is noise of one allocation, and the objects say more. */
const TELLING_BYTES = 16;

/** What one kept object holds of text, bytes and arrays: below this it says nothing. */
const TELLING_SIZE = 256;

/** `1.00 MiB and 2 objects stay per call, over 64 calls`. */
export function measured(measurement: Measurement): string {
  const text = figures(measurement);
  return measurement.device?.unverified === true ? `${text}; on the CPU, for there was no GPU` : text;
}

function figures(measurement: Measurement): string {
  const { perCall, calls, held, resident, device } = measurement;
  const over = `over ${counted(calls, 'call')}`;
  switch (measurement.outcome) {
    case 'leak':
      return `${stays(perCall)} per call, ${over}`;
    case 'cycle-garbage':
      return `${counted(perCall.cycleObjects, 'unreachable object')} (${bytes(perCall.cycleBytes)}) per call that only the collector frees, ${over}`;
    case 'peak':
      return `${bytes(held?.bytes ?? 0)} held there; ${bytes(held?.released ?? 0)} come back when it is let go`;
    case 'fragmentation':
      return resident === null && device !== undefined ? pooled(device, over) : fragmented(resident, over);
    case 'clean':
      return held === null ? `nothing stays, ${over}` : `${bytes(held.released)} would come back there`;
    case 'inconclusive':
      return measurement.reason;
  }
}

function stays(perCall: PerCall): string {
  const { bytes: size, objects } = perCall;
  const things = leftBehind(perCall);
  const parts = [...things];
  const onDevice = perCall.deviceBytes ?? 0;
  if (onDevice > 0) parts.push(`${bytes(onDevice)} of GPU memory`);
  if (size >= TELLING_BYTES) parts.push(bytes(size));
  // Of a thread or an open file the objects behind it say nothing more.
  if (objects >= 0.01 && things.length === 0 && onDevice === 0) parts.push(counted(objects, 'object'));
  const [first = bytes(size), ...rest] = parts;
  const one = rest.length === 0 && (first.startsWith('1 ') || AMOUNT.test(first));
  return `${parts.length === 0 ? first : enumerated(parts)} ${one ? 'stays' : 'stay'}`;
}

const THINGS = [
  ['threads', 'thread', 'threads'],
  ['processes', 'process', 'processes'],
  ['descriptors', 'file descriptor', 'file descriptors'],
  ['sharedMemory', 'block of shared memory', 'blocks of shared memory'],
  ['tasks', 'task', 'tasks'],
  ['timers', 'timer', 'timers'],
] as const;

/** `1 thread`, `3 file descriptors`; what comes less than once in 100 calls is left out. */
function leftBehind(perCall: PerCall): string[] {
  return THINGS.flatMap(([key, one, many]) => {
    const amount = perCall[key] ?? 0;
    return amount >= 0.01 ? [counted(amount, one, many)] : [];
  });
}

function fragmented(resident: Measurement['resident'], over: string): string {
  const { grown = 0, inUse = 0, trimmed = 0, trim = false } = resident ?? {};
  const trimming = trim ? `malloc_trim(0) gives ${bytes(trimmed)} back` : 'there is no malloc_trim here';
  return `resident memory stays ${bytes(grown)} up with ${bytes(inUse)} more in use, ${over}; ${trimming}`;
}

function pooled({ reserved, allocated }: NonNullable<Measurement['device']>, over: string): string {
  return `the pool of GPU memory stays ${bytes(reserved)} up with ${bytes(Math.max(0, allocated))} more in use, ${over}`;
}

/** The level after each window; empty where the recipe has no windows. */
export function chart(measurement: Measurement): string {
  const { windows, outcome, perCall } = measurement;
  if (windows.length < 2) return '';
  const of = (window: Window): number => {
    if (outcome === 'cycle-garbage') return window.cycleObjects;
    return Math.abs(perCall.bytes) >= TELLING_BYTES ? window.bytes : window.objects;
  };
  return sparkline(levels(windows, of));
}

/** `merge base: 0 B per call`, or with `, worse now` behind it. */
export function baseLine(result: ProbeResult): string {
  const { base, head } = result;
  switch (base.status) {
    case 'absent':
      return 'merge base: has no such code';
    case 'failed':
      return `merge base: not measured (${base.reason})`;
    case 'not-run':
      return 'merge base: not measured';
    case 'measured':
      return base.measurement === null || head === null
        ? 'merge base: not measured'
        : `merge base: ${quantity(base.measurement, head)}${origin(result) === 'worse' ? ', worse now' : ''}`;
  }
}

/** `measured: 1.00 MiB → 0 B per call`, or why there is no such line. */
export function fixLine({ fix, head }: ProbeResult): string {
  if (fix.measurement !== null && head !== null && (fix.status === 'fixed' || fix.status === 'not-fixed')) {
    const verdict = fix.status === 'fixed' ? 'measured' : 'measured, does not stop it';
    return `${verdict}: ${amount(head, head)} → ${quantity(fix.measurement, head)}`;
  }
  return fix.reason === '' || fix.status === 'not-run' ? 'not verified' : `not verified: ${fix.reason}`;
}

/** In the unit that says most about head, so that two measurements can be compared. */
function quantity(measurement: Measurement, head: Measurement): string {
  if (measurement.outcome === 'inconclusive') return `not measured (${measurement.reason})`;
  return `${amount(measurement, head)}${unit(head)}`;
}

function unit(head: Measurement): string {
  if (head.outcome === 'peak') return ' held there';
  if (head.outcome === 'fragmentation') return ' resident';
  return ' per call';
}

function amount(measurement: Measurement, head: Measurement): string {
  const { perCall } = measurement;
  switch (head.outcome) {
    case 'cycle-garbage':
      return head.perCall.cycleBytes >= TELLING_BYTES
        ? bytes(Math.max(0, perCall.cycleBytes))
        : counted(Math.max(0, perCall.cycleObjects), 'unreachable object');
    case 'peak':
      return bytes(Math.max(0, measurement.held?.released ?? 0));
    case 'fragmentation':
      return bytes(Math.max(0, measurement.resident?.grown ?? 0));
    case 'leak':
    case 'clean':
    case 'inconclusive':
      return amountThatStays(perCall, head.perCall);
  }
}

function amountThatStays(perCall: PerCall, head: PerCall): string {
  if ((head.deviceBytes ?? 0) > 0) return `${bytes(Math.max(0, perCall.deviceBytes ?? 0))} of GPU memory`;
  const thing = THINGS.find(([key]) => (head[key] ?? 0) >= 0.01);
  if (thing !== undefined) return counted(Math.max(0, perCall[thing[0]] ?? 0), thing[1], thing[2]);
  return head.bytes >= TELLING_BYTES
    ? bytes(Math.max(0, perCall.bytes))
    : counted(Math.max(0, perCall.objects), 'object');
}

/** The path through the finding's holder, else the one that keeps most, those through the repository first. */
export function keptBy(finding: Finding, result: ProbeResult): RetainingPath | null {
  const { paths } = result;
  return (
    pathThroughHolder(finding, result) ?? paths.find((path) => path.touchesRepository) ?? paths[0] ?? null
  );
}

/** `app.cache._seen[*] -> bytes, 1 of 1.00 KiB for each call`. */
export function pathLine(path: RetainingPath): string {
  return `${path.path}${rate(path)}`;
}

/** `, 1 of 1.00 KiB for each call`; nothing where it is not known, no size where the objects are small. */
export function rate({ perCall, count, bytes: size = 0 }: RetainingPath): string {
  if (perCall <= 0) return '';
  const each = size / Math.max(1, count);
  return `, ${number(perCall)}${each >= TELLING_SIZE ? ` of ${bytes(each)}` : ''} for each call`;
}
