import type { Rule } from './judge-options.js';

/**
 * One rule of one account, in whole microseconds of the judge's clock. Written for this judge alone: nothing
 * that is measured may share its arithmetic with what measures.
 */
export interface RuleState {
  /** Whether a call that comes now keeps to the rule. */
  admits(atUs: bigint): boolean;
  count(atUs: bigint): void;
  /** When a refused call would be admitted. */
  opensAtUs(atUs: bigint): bigint;
}

const minuteUs = 60_000_000n;

export function ruleState(rule: Rule): RuleState {
  switch (rule.kind) {
    case 'bucket':
      return bucket(BigInt(rule.perMinute), BigInt(rule.burst));
    case 'sliding':
      return sliding(rule.amount, BigInt(rule.windowMs) * 1000n);
    case 'fixed':
      return fixed(rule.amount, BigInt(rule.windowMs) * 1000n);
  }
}

/** The level is kept in units of which a call takes one minute's microseconds, so that it stays whole. */
function bucket(perMinute: bigint, burst: bigint): RuleState {
  const full = burst * minuteUs;
  let level = full;
  let filledAtUs = -1n;
  const fill = (atUs: bigint) => {
    if (filledAtUs >= 0n) level += (atUs - filledAtUs) * perMinute;
    if (level > full) level = full;
    filledAtUs = atUs;
  };
  return {
    admits: (atUs) => {
      fill(atUs);
      return level >= minuteUs;
    },
    count: () => {
      level -= minuteUs;
    },
    opensAtUs: (atUs) => atUs + (minuteUs - level) / perMinute,
  };
}

function sliding(amount: number, windowUs: bigint): RuleState {
  const log: bigint[] = [];
  return {
    admits: (atUs) => {
      while (log.length > 0 && log[0]! <= atUs - windowUs) log.shift();
      return log.length < amount;
    },
    count: (atUs) => {
      log.push(atUs);
    },
    opensAtUs: () => log[0]! + windowUs,
  };
}

function fixed(amount: number, windowUs: bigint): RuleState {
  let window = -1n;
  let used = 0;
  return {
    admits: (atUs) => {
      if (atUs / windowUs !== window) {
        window = atUs / windowUs;
        used = 0;
      }
      return used < amount;
    },
    count: () => {
      used += 1;
    },
    opensAtUs: () => (window + 1n) * windowUs,
  };
}
