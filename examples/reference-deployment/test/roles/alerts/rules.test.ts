import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { riskLevels } from '../../../config/deployment.js';
import { matchRules, type AlertRule } from '../../../roles/alerts/rules.js';
import { failure, verdict } from '../results.js';

const rule = (name: string, minLevel: AlertRule['minLevel'], more: Partial<AlertRule> = {}): AlertRule => ({
  name,
  minLevel,
  channels: ['console'],
  ...more,
});

describe('matchRules', () => {
  it('names the first rule that matches and gathers the channels of all', () => {
    const rules = [
      rule('critical-only', 'critical', { channels: ['siren'] }),
      rule('serious', 'high', { channels: ['pager', 'console'] }),
      rule('every-risk', 'low'),
    ];
    expect(matchRules(rules, verdict({ riskLevel: 'high' }))).toMatchObject({
      rule: 'serious',
      channels: ['pager', 'console'],
    });
  });

  it('heeds the cameras of a rule', () => {
    const rules = [rule('gate-only', 'low', { cameras: ['gate'] })];
    expect(matchRules(rules, verdict({ cameraId: 'gate' }))).toBeDefined();
    expect(matchRules(rules, verdict({ cameraId: 'yard' }))).toBeUndefined();
  });

  it('finds nothing in a failed assessment, which has no level', () =>
    expect(matchRules([rule('everything', 'none')], failure())).toBeUndefined());

  test.prop([fc.constantFrom(...riskLevels), fc.constantFrom(...riskLevels)])(
    'matches a level exactly from its minimum upwards',
    (level, minLevel) => {
      const matched = matchRules([rule('r', minLevel)], verdict({ riskLevel: level })) !== undefined;
      expect(matched).toBe(riskLevels.indexOf(level) >= riskLevels.indexOf(minLevel));
    },
  );
});
