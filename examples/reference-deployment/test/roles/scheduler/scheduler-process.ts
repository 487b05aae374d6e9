import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createProducer,
  ensureTopics,
  readTopic,
  type KafkaRecord,
  type Producer,
} from '@riskwatch/kafka-adapter';
import {
  deadLetterContractOf,
  parseRiskAssessment,
  topicContracts,
  type RiskAssessment,
} from '@riskwatch/kafka-adapter/messages';
import { topicSpecOf } from '@riskwatch/kafka-adapter';
import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import { simulatedKeys, startProviderSimulator, type ProviderSimulator } from '@riskwatch/provider-simulator';

const ADMIN_TOKEN = 'integration-token';
const built = fileURLToPath(new URL('../../../dist/scheduler.js', import.meta.url));

/** A real broker, a simulated provider, and the scheduler as the process that ships. */
export class SchedulerStage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'scheduler-stage-'));
  readonly #kafka: LocalKafka;
  readonly simulator: ProviderSimulator;
  readonly producer: Producer;
  #child: ChildProcess | undefined;
  url = '';

  private constructor(kafka: LocalKafka, simulator: ProviderSimulator) {
    this.#kafka = kafka;
    this.simulator = simulator;
    this.producer = createProducer({ connection: this.connection });
  }

  static async start(): Promise<SchedulerStage> {
    const kafka = await startLocalKafka();
    const keys = simulatedKeys({ keys: 2, rpm: 6_000, burst: 100 });
    const simulator = await startProviderSimulator({ ...keys.simulator, delay: { p50Ms: 0, p95Ms: 0 } });
    const stage = new SchedulerStage(kafka, simulator);
    stage.#writeFiles(keys);
    await ensureTopics(
      [topicContracts.tasks, topicContracts.results, deadLetterContractOf(topicContracts.tasks.name)].map(
        (contract) => topicSpecOf(contract),
      ),
      { connection: stage.connection },
    );
    await stage.startScheduler();
    return stage;
  }

  get connection() {
    return { brokers: [this.#kafka.brokers] };
  }

  #writeFiles({ keys, quotaGroups }: ReturnType<typeof simulatedKeys>): void {
    const keysFile = {
      provider: 'openai-compatible',
      baseUrl: this.simulator.baseUrl,
      model: 'simulated-vision',
      keys,
      quotaGroups,
    };
    writeFileSync(join(this.#folder, 'keys.json'), JSON.stringify(keysFile));
    const deployment = {
      dataDir: join(this.#folder, 'data'),
      kafka: { brokers: this.connection.brokers },
      scheduler: { keysFile: 'keys.json', adminToken: ADMIN_TOKEN },
    };
    writeFileSync(join(this.#folder, 'riskwatch.json'), JSON.stringify(deployment));
  }

  async startScheduler(): Promise<void> {
    const child = fork(built, ['--config', join(this.#folder, 'riskwatch.json')], {
      env: { ...process.env, LOG_LEVEL: 'error' },
    });
    this.#child = child;
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the scheduler ended before it listened'))),
    ])) as [{ port: number }];
    this.url = `http://127.0.0.1:${message.port}`;
    while ((await fetch(`${this.url}/readyz`)).status !== 200) await sleep(50);
  }

  /** @returns exit code and signal */
  async endScheduler(signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown[]> {
    const child = this.#child;
    if (!child) return [];
    this.#child = undefined;
    const exited = once(child, 'exit');
    child.kill(signal);
    return exited;
  }

  post(body: string | object): Promise<Response> {
    return fetch(`${this.url}/v1/assessments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  admin(method: string, path: string): Promise<Response> {
    return fetch(`${this.url}${path}`, { method, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  }

  async records(topic: string): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = [];
    for await (const record of readTopic({ connection: this.connection, topic })) records.push(record);
    return records;
  }

  /** Everything that was published about a task. */
  async results(taskId: string): Promise<RiskAssessment[]> {
    const records = await this.records(topicContracts.results.name);
    return records
      .map(({ value }) => parseRiskAssessment(value))
      .filter((result) => result.requestId === taskId);
  }

  async stop(): Promise<void> {
    await this.endScheduler('SIGTERM');
    await this.producer.close();
    await this.simulator.stop();
    await this.#kafka.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
