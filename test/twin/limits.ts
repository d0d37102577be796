/** Who may ask, how often, and what goes wrong on purpose. */
import type { Access, Installation } from './world.ts';

/** An answer that is no success, in GitHub's words. */
export class Denied extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** `write` includes `read`. */
export function requirePermission({ permissions }: Installation, name: string, access: Access): void {
  const granted = name === 'metadata' ? 'read' : permissions[name];
  if (granted === access || granted === 'write') return;
  throw new Denied(403, 'Resource not accessible by integration');
}

/** The buckets of GitHub's documentation: requests an hour, and requests that make content a minute. */
export interface Limits {
  hourly: number;
  contentPerMinute: number;
  tokenMilliseconds: number;
}

export const USUAL_LIMITS: Limits = { hourly: 5000, contentPerMinute: 80, tokenMilliseconds: 3_600_000 };

export class Meter {
  readonly #limits: Limits;
  #used = 0;
  #resetsAt = Date.now() + 3_600_000;
  #contents: number[] = [];

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws Denied when the hour is used up, or content comes too fast */
  take(makesContent: boolean): void {
    const now = Date.now();
    if (now > this.#resetsAt) {
      this.#used = 0;
      this.#resetsAt = now + 3_600_000;
    }
    if (this.#used >= this.#limits.hourly)
      throw new Denied(403, 'API rate limit exceeded for installation', this.headers());
    this.#used += 1;
    if (!makesContent) return;
    this.#contents = this.#contents.filter((time) => now - time < 60_000);
    if (this.#contents.length >= this.#limits.contentPerMinute)
      throw new Denied(403, 'You have exceeded a secondary rate limit. Please wait a few minutes.', {
        'retry-after': '60',
      });
    this.#contents.push(now);
  }

  /** What was not changed since costs nothing. */
  refund(): void {
    this.#used -= 1;
  }

  headers(): Record<string, string> {
    const { hourly } = this.#limits;
    return {
      'x-ratelimit-limit': String(hourly),
      'x-ratelimit-remaining': String(Math.max(0, hourly - this.#used)),
      'x-ratelimit-used': String(this.#used),
      'x-ratelimit-reset': String(Math.ceil(this.#resetsAt / 1000)),
      'x-ratelimit-resource': 'core',
    };
  }
}

/** Something that goes wrong with the next requests of one kind. */
export interface Fault {
  /** `PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}`, or `POST /graphql`. */
  readonly operation: string;
  /** `before`: nothing was done; `after`: it was done, and the answer got lost; `slow`: the answer takes its time. */
  readonly kind: 'before' | 'after' | 'slow';
  readonly milliseconds?: number;
  times: number;
}

export function takeFault(faults: Fault[], operation: string): Fault | undefined {
  const fault = faults.find((one) => one.operation === operation && one.times > 0);
  if (fault !== undefined) fault.times -= 1;
  return fault;
}
