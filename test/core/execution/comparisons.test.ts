// Comparisons of single symbols: asked at once, paced, asked again when they fail, silent about every other symbol; stops ahead of fills.
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots } from '../../../src-shared/kernel/units.ts';
import { Comparisons } from '../../../src-main/core/execution/comparisons.ts';
import { Bench, refusal, submitted, venuePosition } from './support.ts';

const at = epochMs;

describe('wishes for comparisons', () => {
  it('asks at once, for all symbols wished together, with the earliest time of them', () => {
    const wishes = new Comparisons(1);
    wishes.want('BTCUSDT', at(900));
    wishes.want('ETHUSDT', at(500));
    wishes.want('BTCUSDT', at(700));
    expect(wishes.take(at(1000))).toEqual({ symbols: ['BTCUSDT', 'ETHUSDT'], fillsSince: 500 });
    expect(wishes.take(at(9000))).toBeNull();
  });

  it('waits for the answer, then asks again for what was wished meanwhile, ever more slowly', () => {
    const wishes = new Comparisons(1);
    const gaps: number[] = [];
    wishes.want('BTCUSDT', at(0));
    for (let now = 0, last = 0; gaps.length < 6; now += 100) {
      wishes.want('BTCUSDT', at(now));
      if (wishes.take(at(now)) === null) continue;
      if (now > 0) gaps.push(now - last);
      last = now;
      wishes.settle(['BTCUSDT'], true);
    }
    expect(gaps).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('starts quickly again after half a minute of calm, and one busy symbol does not slow another', () => {
    const wishes = new Comparisons(1);
    for (let now = 0; now < 20_000; now += 100) {
      wishes.want('BTCUSDT', at(now));
      if (wishes.take(at(now)) !== null) wishes.settle(['BTCUSDT'], true);
    }
    wishes.want('ETHUSDT', at(20_000));
    expect(wishes.take(at(20_000))?.symbols).toContain('ETHUSDT');
    wishes.settle(['BTCUSDT', 'ETHUSDT'], true);
    wishes.want('BTCUSDT', at(60_000));
    expect(wishes.take(at(60_000))?.symbols).toEqual(['BTCUSDT']);
    wishes.settle(['BTCUSDT'], true);
    wishes.want('BTCUSDT', at(60_100));
    expect(wishes.take(at(61_000))?.symbols).toEqual(['BTCUSDT']);
  });

  it('wishes again what got no answer, with the fills it had asked for', () => {
    const wishes = new Comparisons(1);
    wishes.want('BTCUSDT', at(300));
    wishes.take(at(1000));
    wishes.settle(['BTCUSDT'], false);
    expect(wishes.take(at(1500))).toBeNull();
    expect(wishes.take(at(2000))).toEqual({ symbols: ['BTCUSDT'], fillsSince: 300 });
    wishes.settle(['BTCUSDT'], false);
    expect(wishes.take(at(3000))).toEqual({ symbols: ['BTCUSDT'], fillsSince: 300 });
  });

  it('does not wait for ever for an answer that is lost', () => {
    const wishes = new Comparisons(10);
    wishes.want('BTCUSDT', at(0));
    wishes.take(at(0));
    wishes.want('BTCUSDT', at(100));
    expect(wishes.take(at(199_000))).toBeNull();
    expect(wishes.take(at(201_000))?.symbols).toEqual(['BTCUSDT']);
  });
});

describe('the desk and the state of single symbols', () => {
  it('draws no conclusion about a symbol the state does not speak of', () => {
    const bench = new Bench();
    bench.openProtected();
    bench.wait(60_000);
    const output = bench.reconcile({ scope: 'symbols', symbols: ['ETHUSDT'] });
    expect(bench.position()).toMatchObject({ phase: 'open', protection: 'protected' });
    expect(output.effects).toEqual([]);
    bench.reconcile({ scope: 'symbols', symbols: ['BTCUSDT'] });
    expect(bench.position()).toMatchObject({ phase: 'closed', closeReason: 'external' });
  });

  it('asks again when a comparison failed', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'filled', filledLots: entry.lots })), bench.now));
    bench.wait(300);
    expect(bench.keep(bench.desk.onComparisonFailed(['BTCUSDT'], bench.now)).effects).toEqual([]);
    expect(bench.pulse(1000).effects).toContainEqual(expect.objectContaining({ kind: 'reconcile', scope: 'symbols', symbols: ['BTCUSDT'] }));
  });

  it('verifies open positions by polling, three times a minute, also when the event stream is silent', () => {
    const bench = new Bench();
    const { stop, target, entry } = bench.openProtected();
    let asked = 0;
    for (let step = 0; step < 242; step += 1) {
      const polls = bench.pulse(250).effects.filter((effect) => effect.kind === 'reconcile');
      asked += polls.length;
      if (polls.length > 0)
        bench.reconcile({
          scope: 'symbols',
          symbols: ['BTCUSDT'],
          positions: [venuePosition(entry.lots)],
          orders: [bench.report(stop, {}), bench.report(target, {})],
        });
    }
    expect(asked).toBe(3);
  });

  it('without a position nothing is polled', () => {
    const bench = new Bench();
    for (let step = 0; step < 250; step += 1) expect(bench.pulse(250).effects).toEqual([]);
  });
});

describe('a stop ahead of the fills', () => {
  it('L2 is sent when the acknowledgement says filled, and is not sent twice when the fills come', () => {
    const bench = new Bench();
    const entry = bench.open();
    const acknowledged = bench.keep(
      bench.desk.onSubmitted(
        entry.clientOrderId,
        ok({ clientOrderId: entry.clientOrderId, venueOrderId: 'v1', status: 'filled', filledLots: entry.lots, time: bench.now }),
        bench.now,
      ),
    );
    expect(submitted(acknowledged)).toMatchObject([{ purpose: 'stop', closePosition: true }]);
    // The lots themselves come from the fill only.
    expect(bench.position()).toMatchObject({ phase: 'opening', lots: 0, protection: 'none_needed' });
    expect(submitted(bench.execute(entry, entry.lots, 60_000)).map(({ purpose }) => purpose)).toEqual(['target']);
  });

  it('L2 refused because the venue holds nothing yet, it is placed again with the fill', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const asked = bench.keep(
      bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'partially_filled', filledLots: lots(2) })), bench.now),
    );
    const [ahead] = submitted(asked);
    expect(ahead?.purpose).toBe('stop');
    if (ahead !== undefined) bench.keep(bench.desk.onSubmitted(ahead.clientOrderId, err(refusal(-4509)), bench.now));
    expect(bench.position()).toMatchObject({ phase: 'opening', protection: 'none_needed' });
    expect(submitted(bench.execute(entry, 2, 60_000, 'partially_filled')).map(({ purpose }) => purpose)).toContain('stop');
  });

  it('L2 refused by a venue that is out of order, it is sent again every second, before any fill is known', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const asked = bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'filled', filledLots: entry.lots })), bench.now));
    const [ahead] = submitted(asked);
    if (ahead === undefined) throw new Error('no stop was sent');
    bench.keep(bench.desk.onSubmitted(ahead.clientOrderId, err(refusal(null)), bench.now));
    expect(submitted(bench.pulse(500))).toEqual([]);
    const [again] = submitted(bench.pulse(600));
    expect(again).toMatchObject({ purpose: 'stop', closePosition: true });
    expect(again?.clientOrderId).not.toBe(ahead.clientOrderId);
    expect(submitted(bench.pulse(2000))).toEqual([]);
  });

  it('a working limit entry is asked about until it has ended, since its events may be lost', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    let asked = 0;
    for (let step = 0; step < 80; step += 1)
      for (const effect of bench.pulse(250).effects)
        if (effect.kind === 'query') {
          asked += 1;
          bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'resting' })), bench.now));
        }
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('a stop that rests for an entry whose position ended meanwhile is cancelled with it', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(
      bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'filled', filledLots: entry.lots })), bench.now)),
    );
    if (stop === undefined) throw new Error('no stop was sent');
    bench.acknowledge(stop);
    const opening = bench.fillOf(entry, entry.lots, 60_000);
    const closing = bench.fillOf({ ...entry, side: 'SELL', clientOrderId: 'web_1' }, entry.lots, 60_100, { venueOrderId: 'w1' });
    bench.wait(5000);
    const output = bench.reconcile({ scope: 'symbols', symbols: ['BTCUSDT'], orders: [bench.report(stop, {})], fills: [opening, closing] });
    expect(bench.position()).toMatchObject({ phase: 'closed', lots: 0 });
    expect(output.effects).toContainEqual({ kind: 'cancel', symbol: 'BTCUSDT', clientOrderId: stop.clientOrderId, conditional: true });
  });
});
