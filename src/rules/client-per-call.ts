import type { Confidence } from '../contract/words.ts';
import { CLIENT_ENDS, clientsIn, type Client } from '../facts/resources/clients.ts';
import { fateOf } from '../facts/places/fates.ts';
import type { FileFacts } from '../facts/file-facts.ts';
import { frequencyOf, type Frequency } from '../facts/life/frequency.ts';
import { defineRule } from '../scan/rule.ts';

/** A client that is made to be shared, made anew for each call and not closed. */
export default defineRule({
  id: 'client-per-call',
  cause: 'external-library',
  confidence: 'medium',
  summary: 'A client is made for each call and never closed',
  why:
    'Clients of services hold connections, threads, TLS contexts and parsed descriptions of the service: megabytes each. ' +
    'They are made to be shared. One that is made for each call and dropped without `close()` stays until the garbage ' +
    'collector finds it, since its parts refer to each other, and some stay for good: with a running thread, an open ' +
    'connection, or an entry in a cache of the library.',
  remedy:
    'Make one client when the program starts and use it for all calls. Where each call needs its own, use it in a `with` ' +
    'block or close it in a `finally`.',
  notWhen: [
    'It is used in a `with` block, put on an exit stack, or closed.',
    'It is returned, stored or handed to other code.',
    'The function runs once: at import, at the start of the program, as a script.',
    'The result of the function is cached.',
  ],
  predicts: 'leak',
  recipe: 'growth',
  examples: [
    {
      bad: `
import threading

import grpc

threading.stack_size(256 * 1024)


def is_ready(host: str) -> bool:
    channel = grpc.insecure_channel("localhost:1")
    return grpc.channel_ready_future(channel).done()
`,
      good: `
import grpc

_channel = grpc.insecure_channel("localhost:1")
_ready = grpc.channel_ready_future(_channel)


def is_ready(host: str) -> bool:
    return _ready.done()
`,
      needs: 'tensorflow',
      ok: `
import httpx


async def fetch(url: str) -> bytes:
    async with httpx.AsyncClient() as client:
        return (await client.get(url)).content
`,
    },
  ],
  links: [
    'https://docs.aiohttp.org/en/stable/client_quickstart.html#make-a-request',
    'https://docs.sqlalchemy.org/en/20/core/connections.html#engine-disposal',
  ],
  check(file, report) {
    for (const client of clientsIn(file)) {
      const frequency = frequencyOf(file, client.node);
      const around = file.functionAround(client.node);
      if (frequency === 'once' || !around) continue;
      if (around.decorators.some(({ node }) => /cache|fixture|singleton|lazy|memo|property/i.test(node.text)))
        continue;
      const fate = fateOf(file, client.node, CLIENT_ENDS);
      if (fate.how !== 'local' && fate.how !== 'dropped') continue;
      const target = file.drivable(client.node);
      report({
        anchor: client.node,
        message: `Each call of \`${around.name}\` makes ${client.noun} and does not close it: with its connections it stays until the garbage collector finds it`,
        holder: fate.how === 'local' ? fate.binding.name : around.name,
        payload: `${client.noun.replace(/^an? /, '')}s`,
        confidence: confidenceOf(client, frequency, file),
        ...(target ? { probe: { target: target.qualname } } : {}),
      });
    }
  },
});

/** In a program that makes a few of them nobody minds; in a handler or a loop one comes with every turn. */
function confidenceOf({ mustClose }: Client, frequency: Frequency, file: FileFacts): Confidence {
  const isScript = /^(.*\/)?(scripts?|tools?|bin|examples?|docs?|benchmarks?)\//.test(file.path);
  if (isScript || frequency === 'instance') return 'low';
  return mustClose || frequency === 'request' || frequency === 'loop' ? 'medium' : 'low';
}
