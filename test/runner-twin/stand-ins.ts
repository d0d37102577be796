/** What GitHub's own actions do, as far as our workflows ask: they need GitHub's services, and are not what we test. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { zip } from '../support/zip.ts';

export interface StandIn {
  /** The folder of a repository `owner/name` that can be cloned. */
  clonable(repository: string): string;
  upload(
    name: string,
    files: readonly { readonly name: string; readonly content: Buffer }[],
    archive: Buffer,
  ): void;
  uploaded(name: string): readonly { readonly name: string; readonly content: Buffer }[] | undefined;
}

interface Place {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Said {
  readonly log: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly paths?: readonly string[];
}

type Inputs = Readonly<Record<string, string>>;
type Action = (services: StandIn, inputs: Inputs, place: Place) => Promise<Said>;

/** @throws for an action that is not pinned to a commit, or that we do not know */
export function standInFor(uses: string): Action {
  const [name = '', version = ''] = uses.split('@');
  if (!/^[0-9a-f]{40}$/.test(version)) throw new Error(`${uses} is not pinned to a commit`);
  const action = ACTIONS[name];
  if (action === undefined) throw new Error(`the runner twin has no ${name}`);
  return action;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  'actions/checkout': checkout,
  'actions/setup-python': setUpPython,
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
};

async function checkout(services: StandIn, inputs: Inputs, { workspace, env }: Place): Promise<Said> {
  known('actions/checkout', inputs, ['repository', 'ref', 'path', 'persist-credentials', 'fetch-depth']);
  const from = services.clonable(inputs['repository'] ?? env['GITHUB_REPOSITORY'] ?? '');
  const to = join(workspace, inputs['path'] ?? '.');
  const ref = inputs['ref'] ?? env['GITHUB_SHA'] ?? 'HEAD';
  mkdirSync(to, { recursive: true });
  const git = (...args: string[]) => execa('git', args, { cwd: to });
  await git('init', '--quiet');
  await git('fetch', '--quiet', '--depth=1', from, ref);
  await git('checkout', '--quiet', 'FETCH_HEAD');
  return { log: `checked out ${ref} into ${inputs['path'] ?? '.'}` };
}

/** The Python that this machine has, under the name that was asked for. */
async function setUpPython(_: StandIn, inputs: Inputs, { workspace }: Place): Promise<Said> {
  known('actions/setup-python', inputs, ['python-version']);
  const { stdout: python } = await execa('python3', ['-c', 'import sys; print(sys.executable)']);
  const folder = join(workspace, '..', 'python', 'bin');
  mkdirSync(folder, { recursive: true });
  for (const name of ['python', 'python3'])
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
  return { log: `Python of this machine instead of ${inputs['python-version'] ?? ''}`, paths: [folder] };
}

function upload(services: StandIn, inputs: Inputs, { workspace }: Place): Promise<Said> {
  known('actions/upload-artifact', inputs, ['name', 'path', 'if-no-files-found', 'retention-days']);
  const path = join('/', inputs['path']?.startsWith('/') === true ? '' : workspace, inputs['path'] ?? '');
  const { name = 'artifact' } = inputs;
  if (!existsSync(path)) throw new Error(`No files were found with the provided path: ${path}`);
  if (services.uploaded(name) !== undefined)
    throw new Error('Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists');
  const files = [{ name: basename(path), content: readFileSync(path) }];
  services.upload(name, files, zip(files));
  return Promise.resolve({ log: `uploaded ${name}` });
}

function download(services: StandIn, inputs: Inputs, { workspace }: Place): Promise<Said> {
  known('actions/download-artifact', inputs, ['name', 'path']);
  const files = services.uploaded(inputs['name'] ?? '');
  if (files === undefined) throw new Error(`Artifact not found for name: ${inputs['name'] ?? ''}`);
  const folder = join(workspace, inputs['path'] ?? '.');
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return Promise.resolve({ log: `downloaded ${inputs['name'] ?? ''}` });
}

function known(action: string, inputs: Inputs, names: readonly string[]): void {
  const unknown = Object.keys(inputs).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`${action}: the runner twin does not know ${unknown.join(', ')}`);
}
