/** Webhooks as GitHub sends them: signed, checked against its description, logged, given up after ten seconds. */
import { createHmac, randomUUID } from 'node:crypto';
import { type Json, webhook, webhookProblems } from '../support/github-schemas.ts';

/** GitHub's own time limit; a delivery that fails is not sent again by itself. */
const TIMEOUT_MILLISECONDS = 10_000;

export interface Delivery {
  readonly event: string;
  readonly payload: Json;
  readonly guid: string;
  /** As `GET /app/hook/deliveries` tells it. */
  readonly entry: {
    readonly id: number;
    readonly guid: string;
    readonly delivered_at: string;
    readonly redelivery: boolean;
    readonly duration: number;
    readonly status: string;
    readonly status_code: number;
    readonly event: string;
    readonly action: string | null;
    readonly installation_id: number | null;
    readonly repository_id: number | null;
    readonly throttled_at: null;
  };
}

export interface Deliveries {
  readonly log: readonly Delivery[];
  /**
   * @param name of the description, such as `pull-request-opened`
   * @param wanted merged over the smallest payload that the description allows
   */
  send(name: string, event: string, wanted: Json): Promise<Delivery>;
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** Logged as failed, as when the App was away. */
  lose(count: number): void;
}

export function createDeliveries(
  target: { readonly secret: string; readonly url: () => string | undefined },
  problems: string[],
  nextId: () => number,
): Deliveries {
  const log: Delivery[] = [];
  let lost = 0;

  async function deliver(event: string, payload: Json, guid: string, redelivery: boolean): Promise<Delivery> {
    const started = Date.now();
    const isLost = lost > 0;
    if (isLost) lost -= 1;
    const status = isLost ? 502 : await post(event, payload, guid);
    const { action, installation, repository } = payload as Record<
      string,
      { id?: number } | string | undefined
    >;
    const idOf = (one: { id?: number } | string | undefined) =>
      typeof one === 'object' ? (one.id ?? null) : null;
    const delivery: Delivery = {
      event,
      payload,
      guid,
      entry: {
        id: nextId(),
        guid,
        delivered_at: new Date(started).toISOString(),
        redelivery,
        duration: (Date.now() - started) / 1000,
        status: status === 200 ? 'OK' : `Invalid HTTP Response: ${status}`,
        status_code: status,
        event,
        action: typeof action === 'string' ? action : null,
        installation_id: idOf(installation),
        repository_id: idOf(repository),
        throttled_at: null,
      },
    };
    log.push(delivery);
    return delivery;
  }

  async function post(event: string, payload: Json, guid: string): Promise<number> {
    const url = target.url();
    if (url === undefined) return 502;
    const body = JSON.stringify(payload);
    try {
      const { status } = await fetch(url, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'GitHub-Hookshot/twin',
          'x-github-event': event,
          'x-github-delivery': guid,
          'x-hub-signature-256': `sha256=${createHmac('sha256', target.secret).update(body).digest('hex')}`,
        },
      });
      return status;
    } catch {
      return 502;
    }
  }

  return {
    log,
    send(name, event, wanted) {
      const payload = webhook(name, wanted);
      problems.push(...webhookProblems(name, payload).map((text) => `webhook ${name}: ${text}`));
      return deliver(event, payload, randomUUID(), false);
    },
    redeliver: ({ event, payload, guid }) => deliver(event, payload, guid, true),
    lose(count) {
      lost += count;
    },
  };
}
