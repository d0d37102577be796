import { randomBytes } from 'node:crypto';

let last = { milliseconds: 0, count: 0 };

/**
 * A UUID of version 7 (RFC 9562 §5.7, counter in `rand_a`) that grows with every call in this process: jobs that the
 * database made in one tick are done in the order of their ids.
 */
export function nextJobId(): string {
  const now = Date.now();
  if (now > last.milliseconds) last = { milliseconds: now, count: 0 };
  else if (last.count < 0xfff) last = { ...last, count: last.count + 1 };
  // The counter is full, or the clock went back: run ahead of it.
  else last = { milliseconds: last.milliseconds + 1, count: 0 };
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80;
  const time = last.milliseconds.toString(16).padStart(12, '0');
  const counter = last.count.toString(16).padStart(3, '0');
  const rest = bytes.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
