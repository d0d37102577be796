/** The App about itself: tokens, and the log of its webhooks. */
import { Denied } from '../limits.ts';
import { type AppRoute, pageOf } from './route.ts';

export const appRoutes: readonly AppRoute[] = [
  {
    operation: 'POST /app/installations/{installation_id}/access_tokens',
    needs: 'app',
    answer({ twin, parts }) {
      const id = Number(parts['installation_id']);
      const found = twin.world.installations.find((one) => one.id === id);
      if (found === undefined) throw new Denied(404, 'Not Found');
      if (found.suspended) throw new Denied(403, 'This installation has been suspended');
      const { token, expires } = twin.newToken(found);
      return {
        status: 201,
        wanted: { token, expires_at: expires, permissions: { ...found.permissions, metadata: 'read' } },
      };
    },
  },
  {
    operation: 'GET /app/hook/deliveries',
    needs: 'app',
    answer({ twin, query }) {
      const newest = twin.deliveries.log.toReversed();
      const { page, headers } = pageOf(newest, query, `${twin.url}/app/hook/deliveries`);
      return { status: 200, headers, wanted: page.map((one) => ({ ...one.entry })) };
    },
  },
  {
    operation: 'POST /app/hook/deliveries/{delivery_id}/attempts',
    needs: 'app',
    answer({ twin, parts }) {
      const found = twin.deliveries.log.find(({ entry }) => entry.id === Number(parts['delivery_id']));
      if (found === undefined) throw new Denied(404, 'Not Found');
      void twin.deliveries.redeliver(found);
      return { status: 202, wanted: {} };
    },
  },
];
