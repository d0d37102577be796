import type { Database } from './database.ts';
import { migrate } from './migrate.ts';

export interface DatabaseOptions {
  /** `postgres://…` of a server; undefined: embedded in this process. */
  readonly url: string | undefined;
  /** Where the embedded database keeps its files; null: in memory, gone with the process. */
  readonly directory: string | null;
}

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws UserError when another process has the directory open, or the tables are newer than this Leakcheck;
 *   MachineError when the server cannot be reached or the directory cannot be used
 */
export async function openDatabase({ url, directory }: DatabaseOptions): Promise<Database> {
  const database = await connect(url, directory);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** Only the driver that is used gets loaded: the embedded one takes 28 MB. */
async function connect(url: string | undefined, directory: string | null): Promise<Database> {
  if (url !== undefined) return (await import('./server.ts')).connectToServer(url);
  return (await import('./embedded.ts')).openEmbedded(directory);
}
