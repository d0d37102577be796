/** `/leakcheck` in a comment: started again for those who may, by GitHub's word; for others, silence. */
import type { ReactJob } from '../queue/queue.ts';
import type { AppPorts } from './app-ports.ts';

const MAY = ['admin', 'maintain', 'write'];

export async function answerComment(ports: AppPorts, job: ReactJob): Promise<void> {
  const { installation, owner, name, number, comment, user } = job;
  const host = await ports.host(installation);
  const permission = await host.pullRequests.permission({ owner, name }, user);
  if (!MAY.includes(permission)) {
    ports.log.info({ owner, name, number, user, permission }, 'command refused');
    return;
  }
  await ports.send({ kind: 'review-pull-request', installation, owner, name, number, again: true, comment });
  await host.reports.react({ owner, name }, comment, 'eyes');
}
