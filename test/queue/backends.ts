/** Both databases that the queue and the store must work on. */
import { openDatabase } from '../../src/database/open-database.ts';
import type { Database } from '../../src/database/database.ts';
import { postgresPrograms, startPostgres } from '../database/postgres-server.ts';

export interface Backend {
  readonly name: string;
  readonly missing: boolean;
  /** @returns the database and how to remove it */
  open(): Promise<{ database: Database; remove: () => Promise<void> }>;
}

export const backends: readonly Backend[] = [
  {
    name: 'embedded in memory',
    missing: false,
    async open() {
      const database = await openDatabase({ url: undefined, directory: null });
      return { database, remove: () => database.close() };
    },
  },
  {
    name: 'a PostgreSQL server',
    missing: postgresPrograms === null,
    async open() {
      const server = await startPostgres();
      const database = await openDatabase({ url: server.url, directory: null });
      const remove = async () => {
        await database.close();
        await server.stop();
      };
      return { database, remove };
    },
  },
];
