// Every error code of the exchange that we know a duty for: what it means to the client, and what the engine does when an entry, a stop or a close gets it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { countsAgainstBreaker, describeFailure, isWorthRepeating } from '../../../src-main/adapters/binance/errors.ts';
import type { ExchangeError } from '../../../src-main/core/ports.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { closeAtMarket } from '../../../src-main/core/execution/protection.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { Bench, submitted } from './support.ts';

type Meaning = `${ExchangeError['code']} ${ExchangeError['outcome']}`;
/** What the client does with an order that gets it, beside telling: `repeats` sends the same again, `counts` speaks against the exchange. */
type Client = '' | 'counts' | 'repeats, counts';
type OnEntry = 'given up' | 'sent again' | 'asked about';
type OnStop = 'placed again' | 'closed at market' | 'compared, placed again' | 'asked about';
type OnClose = 'closed again' | 'compared, closed again' | 'closed inside the band' | 'alarm, closed again' | 'asked about';
type Row = readonly [code: number, status: number, meaning: Meaning, client: Client, entry: OnEntry, stop: OnStop, close: OnClose];

/** Codes that share a status and a duty. */
function duty(codes: readonly number[], status: number, ...rest: readonly [Meaning, Client, OnEntry, OnStop, OnClose]): readonly Row[] {
  return codes.map((code) => [code, status, ...rest]);
}

const TABLE: readonly Row[] = [
  ...duty([-1000, -1006], 400, 'timeout unknown', 'counts', 'asked about', 'asked about', 'asked about'),
  ...duty([-1001], 400, 'unavailable not_executed', 'repeats, counts', 'sent again', 'placed again', 'closed again'),
  ...duty([-1003, -1015], 429, 'rate_limited not_executed', '', 'sent again', 'placed again', 'closed again'),
  ...duty([-1007], 408, 'timeout unknown', 'counts', 'asked about', 'asked about', 'asked about'),
  ...duty([-1008], 503, 'unavailable not_executed', 'repeats, counts', 'sent again', 'placed again', 'closed again'),
  ...duty([-1016], 503, 'unavailable not_executed', 'counts', 'given up', 'placed again', 'closed again'),
  ...duty([-1021], 400, 'timestamp not_executed', '', 'sent again', 'placed again', 'closed again'),
  ...duty([-1022], 400, 'unauthorised not_executed', '', 'given up', 'placed again', 'closed again'),
  ...duty(
    [
      -1102, -1111, -1121, -1125, -2010, -2011, -2013, -2027, -2028, -4003, -4004, -4005, -4014, -4015, -4023, -4047, -4048, -4067, -4068, -4109, -4120, -4137,
      -4138, -4161, -4164, -4192, -4202, -4203, -4204, -4205, -4206, -4207, -4208, -4209, -4400, -4401, -5021, -5022, -5024, -5025, -5026, -5027, -5028, -5029,
      -5043,
    ],
    400,
    'rejected not_executed',
    '',
    'given up',
    'placed again',
    'closed again',
  ),
  ...duty([-1109, 239_999], 400, 'unavailable not_executed', 'counts', 'given up', 'placed again', 'closed again'),
  ...duty([-2014, -2015], 401, 'unauthorised not_executed', '', 'given up', 'placed again', 'closed again'),
  ...duty([-2018, -2019, -2022, -4061, -4509], 400, 'rejected not_executed', '', 'given up', 'compared, placed again', 'compared, closed again'),
  ...duty([-2021, -4142], 400, 'rejected not_executed', '', 'given up', 'closed at market', 'closed again'),
  ...duty([-2023], 400, 'rejected not_executed', '', 'given up', 'placed again', 'alarm, closed again'),
  ...duty([-4116, -5047], 400, 'rejected unknown', '', 'asked about', 'asked about', 'asked about'),
  ...duty([-4130], 400, 'rejected not_executed', '', 'given up', 'compared, placed again', 'closed again'),
  ...duty([-4131], 400, 'rejected not_executed', '', 'given up', 'placed again', 'closed inside the band'),
  ...duty([-4402, -4403], 400, 'geo_blocked not_executed', '', 'given up', 'placed again', 'closed again'),
];

function errorOf([venueCode, status]: Row): ExchangeError {
  return describeFailure({ status, venueCode, message: 'text of the exchange', systemCode: null, retryAfterMs: null }, true);
}

/** What the desk asks for until three seconds later; questions are answered with "not known". */
function follow(bench: Bench, first: DeskOutput): readonly DeskOutput[] {
  const outputs = [first];
  for (let waited = 0; waited < 3000; waited += 250) {
    const output = bench.pulse(250);
    outputs.push(output);
    for (const effect of output.effects) if (effect.kind === 'query') outputs.push(bench.keep(bench.desk.onQueried(effect.clientOrderId, ok(null), bench.now)));
  }
  return outputs;
}

function has(outputs: readonly DeskOutput[], kind: DeskOutput['effects'][number]['kind']): boolean {
  return outputs.some((output) => output.effects.some((effect) => effect.kind === kind));
}

function isUnknown(bench: Bench, intent: OrderIntent): boolean {
  return bench.records.some(({ kind, summary }) => kind === 'order' && summary.includes('unknown outcome') && summary.includes(intent.purpose));
}

function onEntry(error: ExchangeError): string {
  const bench = new Bench();
  const entry = bench.open();
  const outputs = follow(bench, bench.keep(bench.desk.onSubmitted(entry.clientOrderId, err(error), bench.now)));
  if (isUnknown(bench, entry)) return outputs.some((output) => submitted(output).length > 0) ? 'sent blindly' : 'asked about';
  const again = outputs.flatMap(submitted).filter(({ purpose }) => purpose === 'entry');
  if (again.length > 0) return again.every(({ clientOrderId }) => clientOrderId === entry.clientOrderId) ? 'sent again' : 'sent with another id';
  return bench.position().phase === 'closed' ? 'given up' : 'nothing';
}

function onStop(error: ExchangeError): string {
  const bench = new Bench();
  const entry = bench.open();
  bench.acknowledge(entry);
  const stop = submitted(bench.execute(entry, entry.lots, 60_000)).find(({ purpose }) => purpose === 'stop');
  if (stop === undefined) throw new Error('no stop');
  const first = bench.keep(bench.desk.onSubmitted(stop.clientOrderId, err(error), bench.now));
  if (isUnknown(bench, stop)) return 'asked about';
  if (submitted(first).some(({ purpose }) => purpose === 'close')) return 'closed at market';
  const isCompared = has([first], 'reconcile');
  const isAgain = follow(bench, first)
    .flatMap(submitted)
    .some(({ purpose, clientOrderId }) => purpose === 'stop' && clientOrderId !== stop.clientOrderId);
  return `${isCompared ? 'compared, ' : ''}${isAgain ? 'placed again' : 'nothing'}`;
}

function onClose(error: ExchangeError): string {
  const bench = new Bench();
  bench.openProtected();
  const asked = bench.keep(
    bench.desk.change(bench.position().id, bench.now, {
      summary: 'closed by hand',
      apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: bench.now }),
    }),
  );
  const [close] = submitted(asked);
  if (close === undefined) throw new Error('no close');
  const first = bench.keep(bench.desk.onSubmitted(close.clientOrderId, err(error), bench.now));
  if (isUnknown(bench, close)) return 'asked about';
  const outputs = follow(bench, first);
  const again = outputs.flatMap(submitted).find(({ purpose }) => purpose === 'close');
  if (again === undefined) return 'nothing';
  if (again.kind === 'limit') return 'closed inside the band';
  return `${has([first], 'notify') ? 'alarm, ' : ''}${has([first], 'reconcile') ? 'compared, ' : ''}closed again`;
}

describe('an error code', () => {
  it.each(TABLE)('%d (status %d): %s; client: %s; entry %s, stop %s, close %s', (...row) => {
    const error = errorOf(row);
    const repeats = isWorthRepeating(error) ? 'repeats, ' : '';
    const client = `${repeats}${countsAgainstBreaker(error) ? 'counts' : ''}`;
    expect([`${error.code} ${error.outcome}`, client, onEntry(error), onStop(error), onClose(error)]).toEqual(row.slice(2));
  });

  it('L1 of unknown outcome never makes an entry leave again', () => {
    for (const row of TABLE) if (row[2].endsWith('unknown')) expect([row[0], row[4]]).toEqual([row[0], 'asked about']);
  });

  it('-2023 alarms once, however often the close is tried again', () => {
    const bench = new Bench();
    bench.openProtected();
    const first = bench.keep(
      bench.desk.change(bench.position().id, bench.now, {
        summary: 'closed by hand',
        apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: bench.now }),
      }),
    );
    let closes = submitted(first);
    let tries = 0;
    for (let waited = 0; waited < 10_000; waited += 250) {
      for (const close of closes) bench.refuse(close, -2023);
      tries += closes.length;
      closes = submitted(bench.pulse(250)).filter(({ purpose }) => purpose === 'close');
    }
    expect(tries).toBeGreaterThan(3);
    expect(bench.outputs.filter((output) => has([output], 'notify'))).toHaveLength(1);
  });

  it('L2 never leaves a position without a stop or a close on its way', () => {
    for (const [code, , , , , stop, close] of TABLE)
      expect([code, stop === ('nothing' as string), close === ('nothing' as string)]).toEqual([code, false, false]);
  });

  it.skipIf(!hasSharedData())('of the reference is in the table, each', () => {
    const text = readFileSync(sharedPath('spec/BINANCE.md'), 'utf8');
    const duties = text.slice(text.indexOf('### 1.5'), text.indexOf('**Resolution of UNKNOWN'));
    const named = new Set((duties.match(/-\d{4}|239999/g) ?? []).map(Number));
    expect(named.size).toBeGreaterThan(60);
    expect([...named].filter((code) => !TABLE.some(([known]) => known === code))).toEqual([]);
  });
});
