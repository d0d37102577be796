/** The one connection that the store and the queue share: PostgreSQL, embedded in this process or a server. */

/** As the driver gives it: parse it before use. */
export type Row = Readonly<Record<string, unknown>>;

export interface Sql {
  /** @param values for `$1`, `$2`, …; JSON as text. Without them the text may hold several statements */
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Sql {
  readonly kind: 'embedded' | 'server';
  /** All of it, or nothing when `work` rejects. Nothing inside may use the database but through `sql`. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
