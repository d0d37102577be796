/**
 * GitHub by nock: expected exchanges, in order. Every request and every answer is held against GitHub's descriptions;
 * what is not expected, and what is expected and does not come, fails.
 */
import { execute, parse, validate, GraphQLError } from 'graphql';
import nock from 'nock';
import {
  type Json,
  answer,
  answerProblems,
  graphqlSchemaOfGithub,
  requestProblems,
} from './github-schemas.ts';

const API = 'https://api.github.com';

/** A field that GitHub refuses, while the others go on. */
export function problem(type: string, message: string): () => never {
  return () => {
    throw new GraphQLError(message, { extensions: { type } });
  };
}

export interface RestExchange {
  readonly status: number;
  /** Merged over the smallest answer that the description allows. */
  readonly answer?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** For what no description holds: failures. */
  readonly raw?: Json;
}

export interface SentRequest {
  readonly what: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
  readonly answer: Json;
}

export interface GithubMock {
  readonly sent: readonly SentRequest[];
  /** What broke the descriptions; empty when all is well. */
  readonly problems: readonly string[];
  rest(operation: `${string} ${string}`, path: string, exchange: RestExchange): void;
  /** @param root resolves the fields of the document, against GitHub's schema */
  graphql(root: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): void;
  /** Where artifacts lie; not GitHub's API. */
  storage(path: string, status: number, body: Uint8Array): string;
  done(): void;
}

export function mockGithub(): GithubMock {
  const sent: SentRequest[] = [];
  const problems: string[] = [];
  nock.disableNetConnect();
  return {
    sent,
    problems,
    rest(operation, path, { status, answer: wanted, headers = {}, raw }) {
      const [verb = '', template = ''] = operation.split(' ');
      const method = verb.toLowerCase();
      const body = raw === undefined ? answer(method, template, status, wanted ?? {}) : raw;
      if (raw === undefined) {
        problems.push(
          ...answerProblems(method, template, status, body).map((text) => `answer of ${operation}: ${text}`),
        );
      }
      nock(API)
        .intercept((uri) => decodeURIComponent(uri.split('?')[0] ?? '') === path, verb)
        .reply(async (request: Request) => {
          const query = Object.fromEntries(new URL(request.url).searchParams);
          const text = await request.text();
          const json = text === '' ? null : (JSON.parse(text) as Json);
          sent.push({ what: `${verb} ${path}`, query, body: json, answer: body });
          problems.push(
            ...requestProblems(method, template, Object.keys(query), json).map(
              (text) => `${operation}: ${text}`,
            ),
          );
          return [
            status,
            body === null ? '' : JSON.stringify(body),
            { 'content-type': 'application/json', ...headers },
          ];
        });
    },
    graphql(root, headers = {}) {
      nock(API)
        .post('/graphql')
        .reply(async (request: Request) => {
          const { query, variables } = (await request.json()) as {
            query: string;
            variables: Record<string, Json>;
          };
          const schema = graphqlSchemaOfGithub();
          const document = parse(query);
          const invalid = validate(schema, document);
          problems.push(...invalid.map(({ message }) => `GraphQL: ${message}`));
          const result = execute({ schema, document, rootValue: root, variableValues: variables });
          if (result instanceof Promise) throw new Error('Resolvers of tests answer at once');
          const errors = result.errors?.map(({ message, path, extensions }) => {
            const type = extensions['type'];
            if (typeof type !== 'string') problems.push(`GraphQL: ${message}`);
            return { type, path, message };
          });
          const text = JSON.stringify(errors === undefined ? result : { data: result.data, errors });
          sent.push({
            what: 'POST /graphql',
            query: {},
            body: { query, variables },
            answer: JSON.parse(text) as Json,
          });
          return [200, text, { 'content-type': 'application/json', ...headers }];
        });
    },
    storage(path, status, body) {
      nock('https://storage.example')
        .get(path)
        .reply((request: Request) => {
          // What lies in storage is signed by its address; our token is nobody's business there.
          if (request.headers.has('authorization')) problems.push('the token was sent to the storage');
          return [status, Buffer.from(body)];
        });
      return `https://storage.example${path}`;
    },
    done() {
      const pending = nock.pendingMocks();
      nock.cleanAll();
      nock.enableNetConnect();
      if (pending.length > 0) throw new Error(`Expected and never sent: ${pending.join(', ')}`);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    },
  };
}
