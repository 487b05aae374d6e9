// The judge: an OpenAI-compatible server in a process of its own that shares no code with any client. It keeps
// each account's rules on its own clock, refuses whatever breaks them, and says in the end what it saw.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, JudgeOptions, JudgeReport } from './judge-options.js';
import { ruleState, type RuleState } from './rules.js';

interface Key {
  readonly name: string;
  readonly rules: readonly RuleState[];
  readonly fault: Fault | undefined;
  admitted: number;
  refused: number;
  whileDead: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as JudgeOptions;
const keys = new Map<string, Key>();
for (const account of options.accounts) {
  const rules = account.rules.map(ruleState);
  for (const name of account.keys) {
    const fault = options.faults.find(({ key }) => key === name);
    keys.set(`Bearer ${name}`, { name, rules, fault, admitted: 0, refused: 0, whileDead: 0 });
  }
}
const refusedAtMs: number[] = [];
let firstUs: bigint | undefined;

/** Lognormal around the median, as models answer. */
function answerDelayMs(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  return options.answerMs * Math.exp(options.sigma * normal);
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function report(): JudgeReport {
  const seen = [...keys.values()].map(({ name, admitted, refused, whileDead }) => {
    return { key: name, admitted, refused, whileDead };
  });
  return { keys: seen, refusedAtMs };
}

function judge(credential: string, response: ServerResponse): void {
  const atUs = process.hrtime.bigint() / 1000n;
  firstUs ??= atUs;
  const sinceMs = Number(atUs - firstUs) / 1000;
  const counts = sinceMs <= options.countForMs;
  const key = keys.get(credential);
  if (key === undefined) return send(response, 401, { error: { code: 'invalid_api_key' } });
  if (key.fault !== undefined && sinceMs >= key.fault.fromMs) {
    if (counts) key.whileDead += 1;
    return send(response, key.fault.status, { error: { message: `status ${key.fault.status}` } });
  }
  // Every rule is asked, so that each of them knows the time.
  const breaks = key.rules.filter((rule) => !rule.admits(atUs));
  if (breaks.length > 0) {
    if (counts) key.refused += 1;
    if (counts) refusedAtMs.push(sinceMs);
    const opensAtUs = breaks.map((rule) => rule.opensAtUs(atUs)).reduce((a, b) => (a > b ? a : b));
    const waitMs = Math.max(1, Math.ceil(Number(opensAtUs - atUs) / 1000));
    const headers = { 'retry-after': `${Math.ceil(waitMs / 1000)}`, 'retry-after-ms': `${waitMs}` };
    return send(response, 429, { error: { code: 'rate_limit_exceeded' } }, headers);
  }
  for (const rule of key.rules) rule.count(atUs);
  if (counts) key.admitted += 1;
  const tookMs = answerDelayMs();
  setTimeout(() => {
    send(response, 200, {
      // The callers take off what was the provider's own time.
      id: `took-${tookMs.toFixed(3)}`,
      object: 'chat.completion',
      created: 0,
      model: 'm',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    });
  }, tookMs);
}

const server = createServer((request, response) => {
  if (request.url === '/report') return send(response, 200, report());
  request.resume();
  judge(request.headers.authorization ?? '', response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
