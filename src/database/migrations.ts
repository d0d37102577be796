/** Our tables, step by step: the place in the list is the number. What was released is never edited, only followed. */
export const migrations: readonly string[] = [
  // 1
  `CREATE TABLE leakcheck.deliveries (
     id text PRIMARY KEY,
     event text NOT NULL,
     action text,
     installation bigint,
     repository text,
     pull_request integer,
     head text,
     received_at timestamptz NOT NULL DEFAULT now()
   );
   CREATE INDEX deliveries_received_at ON leakcheck.deliveries (received_at);

   CREATE TABLE leakcheck.reviews (
     installation bigint NOT NULL,
     repository text NOT NULL,
     pull_request integer NOT NULL,
     head text NOT NULL,
     check_run bigint NOT NULL,
     state jsonb NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (repository, pull_request, head)
   );

   CREATE TABLE leakcheck.probe_runs (
     request_id text PRIMARY KEY,
     installation bigint NOT NULL,
     repository text NOT NULL,
     pull_request integer NOT NULL,
     head text NOT NULL,
     lane text NOT NULL,
     run_id bigint,
     url text,
     state text NOT NULL,
     deadline timestamptz NOT NULL,
     UNIQUE (repository, run_id)
   );
   CREATE INDEX probe_runs_review ON leakcheck.probe_runs (repository, pull_request, head);`,
];
