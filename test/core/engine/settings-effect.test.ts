// Settings that change when the engine looks: the account without its stream, and markets without a new candle.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { MarketDesk } from '../../../src-main/core/engine/market-desk.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { EngineBench, HEALTHY } from './bench.ts';

describe('CACHE_TTL_ACCOUNT', () => {
  /** Seconds until the next comparison of the whole account. */
  function secondsUntilAsked(userStream: 'connected' | 'down', cacheAccountSeconds: number): number {
    const bench = new EngineBench({ settings: { cacheAccountSeconds, reconcileIntervalSeconds: 60 } }).warmUp();
    for (let quarters = 1; quarters <= 400; quarters += 1) {
      bench.now = epochMs(bench.now + 250);
      const { effects } = bench.send({ kind: 'pulse', exchange: { ...HEALTHY, userStream } });
      if (effects.some((effect) => effect.kind === 'reconcile' && effect.scope === 'account')) return quarters / 4;
    }
    return Infinity;
  }

  it('is how old the account may be while its stream is down', () => {
    expect(secondsUntilAsked('down', 10)).toBeCloseTo(10, 0);
    expect(secondsUntilAsked('down', 20)).toBeCloseTo(20, 0);
  });

  it('is never shorter than the pause after a failure, and does not matter while the stream speaks', () => {
    expect(secondsUntilAsked('down', 1)).toBeCloseTo(5, 0);
    expect(secondsUntilAsked('connected', 10)).toBeCloseTo(60, 0);
  });
});

describe('ENABLE_INCREMENTAL_CACHE', () => {
  const create = (): MarketDesk => {
    const desk = new MarketDesk(defaultSettings());
    desk.onInstruments([sampleInstrument()], ['BTCUSDT']);
    desk.onSymbolReady('BTCUSDT');
    return desk;
  };

  it('on: a market is judged once for each new candle', () => {
    const desk = create();
    expect([desk.takeDirty(), desk.takeDirty()]).toEqual([['BTCUSDT'], []]);
  });

  it('off: every market is judged in every cycle', () => {
    const desk = create();
    expect([desk.takeReady(), desk.takeReady()]).toEqual([['BTCUSDT'], ['BTCUSDT']]);
  });
});
