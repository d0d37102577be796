/** Webhook deliveries that gave work: each gives it once, however often it comes. */
import type { Sql } from '../database/database.ts';
import type { Job, Queue } from '../queue/queue.ts';

export interface Delivery {
  /** GitHub's id: a delivery that comes again keeps it. */
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
}

/**
 * Keeps the delivery and sends its job, both or neither. Once this resolves, GitHub may be told so.
 *
 * @returns `repeated`: it was there before, and no job was sent
 */
export async function acceptDelivery(
  queue: Pick<Queue, 'together'>,
  delivery: Delivery,
  job: Job,
): Promise<'accepted' | 'repeated'> {
  return queue.together(async (sql, send) => {
    if (!(await recordDelivery(sql, delivery, job))) return 'repeated';
    await send(job);
    return 'accepted';
  });
}

async function recordDelivery(sql: Sql, { id, event, action }: Delivery, job: Job): Promise<boolean> {
  const head = job.kind === 'review-pull-request' ? job.commits?.head : undefined;
  const rows = await sql.query(
    `INSERT INTO leakcheck.deliveries (id, event, action, installation, repository, pull_request, head)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO NOTHING
     RETURNING id`,
    [id, event, action, job.installation, `${job.owner}/${job.name}`, job.number, head ?? null],
  );
  return rows.length === 1;
}
