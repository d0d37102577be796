/** What is done before GitHub is told that a webhook arrived: the job is stored, once for each delivery. */
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { ReviewRecords } from '../pipeline/app-ports.ts';
import type { Queue } from '../queue/queue.ts';
import { acceptDelivery } from '../store/deliveries.ts';
import { forgetInstallation } from '../store/forget.ts';
import { jobOf } from './handle-event.ts';
import type { Delivery } from './handle-event.ts';

const Action = z.object({ action: z.string() });
const Uninstalled = z.object({ action: z.literal('deleted'), installation: z.object({ id: z.int() }) });

export function createReceiver(
  database: Database,
  queue: Pick<Queue, 'together'>,
  reviews: Pick<ReviewRecords, 'runById'>,
): (delivery: Delivery) => Promise<void> {
  return async ({ id, event, payload }) => {
    const uninstalled = event === 'installation' ? Uninstalled.safeParse(payload).data : undefined;
    if (uninstalled !== undefined) return forgetInstallation(database, uninstalled.installation.id);
    const job = await jobOf({ id, event, payload }, async (owner, name, runId) => {
      return (await reviews.runById(owner, name, runId))?.push.number;
    });
    if (job === null) return;
    const action = Action.safeParse(payload).data?.action ?? null;
    await acceptDelivery(queue, { id, event, action }, job);
  };
}
