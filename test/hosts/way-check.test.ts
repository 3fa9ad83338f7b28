// The diagnosis of the way to the exchange: once at a time, kept for the health list, told in the log.
import { expect, it } from 'vitest';
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import { createWayCheck } from '../../src-main/hosts/way-check.ts';

const place = {
  side: 'both',
  host: 'fapi.binance.com',
  via: 'proxy',
  requestsWork: true,
  streamsWork: true,
  roundTripMs: 40,
  clockOffsetMs: 3,
  sentence: 'Fine.',
} as const;
const fine: Diagnosis = {
  at: 1,
  places: [place],
  exit: { state: 'verified', address: '203.0.113.7', verifiedAt: 1, sentence: 'Requests and streams leave from 203.0.113.7.' },
  isFine: true,
};

it('runs once for all who ask meanwhile, is kept, and says which place does not answer', async () => {
  const answers = [fine, { ...fine, isFine: false, places: [{ ...place, side: 'trading', streamsWork: false, sentence: 'Streams do not.' } as const] }];
  const logged: string[] = [];
  let runs = 0;
  const way = createWayCheck(
    { diagnose: () => Promise.resolve(answers[runs++] ?? fine) },
    { log: (level, _source, message) => void logged.push(`${level}: ${message}`) },
  );
  expect(way.last()).toBeNull();
  const [first, second] = await Promise.all([way.diagnose(), way.diagnose()]);
  expect([runs, first === second, way.last()]).toEqual([1, true, fine]);
  await way.diagnose();
  expect(way.last()?.isFine).toBe(false);
  expect(logged).toEqual(['info: Way to fapi.binance.com: Fine.', 'error: Way to trading fapi.binance.com: Streams do not.']);
});

it('says in one sentence that the clock of this computer is wrong, and keeps quiet about a local exchange that runs faster than life', async () => {
  const logged: string[] = [];
  const check = (host: string, clockOffsetMs: number): Promise<Diagnosis> =>
    createWayCheck(
      { diagnose: () => Promise.resolve({ ...fine, places: [{ ...place, host, clockOffsetMs }] }) },
      { log: (level, _source, message) => void (level === 'warn' && logged.push(message)) },
    ).diagnose();
  await check('fapi.binance.com', -86_400_355);
  await check('fapi.binance.com', 600_000);
  await check('fapi.binance.com', -9000);
  await check('127.0.0.1:4390', 50_903);
  expect(logged).toEqual([
    'The clock of this computer is 24.0 h ahead of that of the exchange. Switch network time on; until it is right no position is opened.',
    'The clock of this computer is 10 min behind that of the exchange. Switch network time on; until it is right no position is opened.',
  ]);
});
