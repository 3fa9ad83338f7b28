// The refused location: one probe a minute, protection always tried, open again with the first good answer.
import { describe, expect, it } from 'vitest';
import { GeoGate } from '../../../src-main/adapters/binance/geo-gate.ts';
import type { CallPriority, ExchangeError } from '../../../src-main/core/ports.ts';

const REFUSED: ExchangeError = { code: 'geo_blocked', outcome: 'not_executed', venueCode: 0, detail: '451', uiMessage: 'Binance refuses this location.' };

describe('the geo gate', () => {
  it('lets one call a minute probe, however many ask', () => {
    let now = 0;
    const gate = new GeoGate(() => now);
    gate.close(REFUSED);
    let probes = 0;
    for (; now < 600_000; now += 250) if (gate.admit('data') === null) probes += 1;
    expect(probes).toBe(9);
  });

  it('lets questions about orders and account probe every two seconds: they decide about money', () => {
    let now = 0;
    const gate = new GeoGate(() => now);
    gate.close(REFUSED);
    let probes = 0;
    for (; now < 60_000; now += 250) if (gate.admit('reconcile') === null) probes += 1;
    expect(probes).toBe(29);
  });

  it.each<[CallPriority, boolean]>([
    ['protect', true],
    ['close', true],
    ['trade', false],
    ['reconcile', false],
    ['data', false],
    ['backfill', false],
  ])('%s passes while it is closed: %s', (priority, passes) => {
    const gate = new GeoGate(() => 0);
    gate.close(REFUSED);
    expect(gate.admit(priority)).toEqual(passes ? null : REFUSED);
  });

  it('a refused probe closes it for another minute, a good answer opens it', () => {
    let now = 0;
    const gate = new GeoGate(() => now);
    gate.close(REFUSED);
    now = 60_000;
    expect(gate.admit('data')).toBeNull();
    gate.close(REFUSED);
    now = 119_000;
    expect(gate.admit('data')).toEqual(REFUSED);
    gate.open();
    expect([gate.isBlocked, gate.admit('data')]).toEqual([false, null]);
  });

  it('asks about orders every two seconds even here: an unknown stop must not stay unknown', () => {
    let now = 0;
    const gate = new GeoGate(() => now);
    gate.close(REFUSED);
    expect(gate.admit('reconcile')).toBe(REFUSED);
    now = 2000;
    expect(gate.admit('reconcile')).toBeNull();
    expect(gate.admit('reconcile')).toBe(REFUSED);
    expect(gate.admit('data')).toBe(REFUSED);
  });
});
