/** Reads what GitHub stores elsewhere, without our token and never more than asked for. */
import { BadArtifact, Unavailable } from './errors.ts';
import { type Call, sentence } from './octokit-errors.ts';
import { firstLine } from '../errors.ts';

const TIMEOUT_MILLISECONDS = 30_000;

/**
 * @param from where GitHub redirected us to
 * @param api the address that redirected
 * @param maximum bytes
 * @throws BadArtifact above the maximum, Unavailable when the storage does not answer
 */
export async function download(from: URL, api: URL, maximum: number, call: Call): Promise<Uint8Array> {
  // Only a GitHub that is itself reached without TLS may send us to such a place.
  if (from.protocol !== 'https:' && from.protocol !== api.protocol)
    throw new BadArtifact(`${sentence(call)}: it lies at a ${from.protocol} address`);
  try {
    const response = await fetch(from, { signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    if (!response.ok) throw new Unavailable(`${sentence(call)}: its storage answers ${response.status}`);
    return await readAtMost(response, maximum, call);
  } catch (error) {
    if (error instanceof BadArtifact || error instanceof Unavailable) throw error;
    throw new Unavailable(`${sentence(call)}: its storage does not answer (${firstLine(error)})`, {
      cause: error,
    });
  }
}

async function readAtMost({ body }: Response, maximum: number, call: Call): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    // Leaving the loop cancels the rest.
    if (size > maximum) throw new BadArtifact(`${sentence(call)}: it has more than ${maximum} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
