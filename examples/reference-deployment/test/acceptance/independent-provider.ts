import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';

/** What the policy's prompt asks for. */
const verdict = {
  observations: ['people walk across a yard'],
  hazards: [],
  risk_level: 'low',
  confidence: 0.6,
  description: 'A few people walk across a yard.',
  text_in_scene: false,
};

/**
 * A second OpenAI-compatible server that knows nothing of ours: it answers chat completions with one verdict, counts
 * calls by key, and has no limit.
 */
export class IndependentProvider {
  readonly callsByKey = new Map<string, number>();
  readonly #server: Server;
  readonly #secrets: ReadonlySet<string>;

  private constructor(secrets: readonly string[]) {
    this.#secrets = new Set(secrets);
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async start(secrets: readonly string[]): Promise<IndependentProvider> {
    const provider = new IndependentProvider(secrets);
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    return provider;
  }

  get baseUrl(): string {
    const address = this.#server.address();
    if (!address || typeof address === 'string') throw new Error('the provider does not listen');
    return `http://127.0.0.1:${address.port}/compatible/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const secret = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!this.#secrets.has(secret)) return { status: 401, body: { error: { message: 'unknown key' } } };
    if (request.url !== '/compatible/v1/chat/completions')
      return { status: 404, body: { error: { message: 'no such path' } } };
    this.callsByKey.set(secret, (this.callsByKey.get(secret) ?? 0) + 1);
    const { model } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { model: string };
    await new Promise((done) => setTimeout(done, 150));
    return {
      status: 200,
      body: {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: JSON.stringify(verdict) },
          },
        ],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      },
    };
  }
}
