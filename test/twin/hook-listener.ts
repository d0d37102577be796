/** An App that only listens: notes what it is sent, and whether the signature is right. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export interface HookListener {
  readonly url: string;
  readonly heard: readonly { readonly event: string; readonly guid: string; readonly isSigned: boolean }[];
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** @param statuses of the first answers; then 200 */
export async function answerTo(secret: string, statuses: readonly number[]): Promise<HookListener> {
  const heard: { event: string; guid: string; isSigned: boolean }[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const expected = `sha256=${createHmac('sha256', secret).update(Buffer.concat(chunks)).digest('hex')}`;
      const status = statuses[heard.length] ?? 200;
      heard.push({
        event: String(request.headers['x-github-event']),
        guid: String(request.headers['x-github-delivery']),
        isSigned: request.headers['x-hub-signature-256'] === expected,
      });
      response.writeHead(status).end();
    })();
  });
  await once(server.listen(0, 'localhost'), 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    heard,
    received: (count) =>
      vi.waitFor(() => {
        if (heard.length < count) throw new Error(`heard ${heard.length} of ${count}`);
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
