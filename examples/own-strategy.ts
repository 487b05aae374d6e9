// A strategy of one's own: calls of one conversation keep to one key while it is free, so that a provider that
// caches prompts per account finds them again; other calls take any key.
//
//   npx tsx examples/own-strategy.ts
import { KeyPool } from '@riskwatch/keypool';
import type { Strategy } from '@riskwatch/keypool/strategies';

const sticky: Strategy = {
  name: 'sticky',
  start: (random) => {
    const lastKeyOf = new Map<string, string>();
    return {
      pick: (ready, { fairnessKey: conversation }) => {
        // A few looks at most: a pick must stay cheap with ten thousand keys.
        const from = Math.floor(random() * ready.size);
        let key = ready.at(from);
        for (
          let look = 1;
          look < Math.min(8, ready.size) && key.id !== lastKeyOf.get(conversation ?? '');
          look += 1
        ) {
          const other = ready.at((from + look) % ready.size);
          if (other.id === lastKeyOf.get(conversation ?? '') || other.inFlight < key.inFlight) key = other;
        }
        if (conversation !== undefined) lastKeyOf.set(conversation, key.id);
        return key;
      },
    };
  },
};

const pool = new KeyPool({
  strategy: sticky,
  keys: ['a', 'b', 'c', 'd'].map((id) => ({ id, secret: `secret-${id}` })),
  limits: [{ concurrent: 4 }],
});

for (let turn = 0; turn < 3; turn += 1) {
  for (const conversation of ['first', 'second']) {
    await pool.run(({ keyId }) => console.log(`${conversation} conversation: key ${keyId}`), {
      fairnessKey: conversation,
    });
  }
}
await pool.close();
