import { expect, it } from 'vitest';
import { kafkaSchema } from '../../../config/deployment.js';
import { kafkaProperties } from '../../../launcher/start/kafka-properties.js';

const of = (kafka: object) => kafkaProperties(kafkaSchema.parse({ brokers: ['b:1'], ...kafka }), '/');

it('says nothing for plain brokers', () => {
  expect(of({})).toEqual({});
});

it('speaks TLS, with an authority of its own or the system’s', () => {
  expect(of({ tls: {} })).toEqual({ 'security.protocol': 'SSL' });
  expect(of({ tls: { caFile: '/ca.pem' } })).toEqual({
    'security.protocol': 'SSL',
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': '/ca.pem',
  });
});

it('logs in, over TLS or not', () => {
  const sasl = { mechanism: 'scram-sha-256', username: 'risk', password: 'a"b\\c' };
  expect(of({ sasl })).toEqual({
    'security.protocol': 'SASL_PLAINTEXT',
    'sasl.mechanism': 'SCRAM-SHA-256',
    'sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="risk" password="a\\"b\\\\c";',
  });
  expect(of({ sasl: { ...sasl, mechanism: 'plain' }, tls: {} })).toMatchObject({
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config': expect.stringContaining('PlainLoginModule') as string,
  });
});
