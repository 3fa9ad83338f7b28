// The wallet's books: what was carried over and the lines that are kept always sum to the balance.
import { expect, it } from 'vitest';
import { epochMs, money } from '../../../src-shared/kernel/units.ts';
import { Ledger } from '../../../src-main/core/venue/ledger.ts';

const sumOf = (ledger: Ledger): number => ledger.lines.reduce<number>((sum, { amount }) => sum + amount, ledger.carried);

it('sums to the balance also when the oldest lines are gone, and after it was stored and read', () => {
  const ledger = new Ledger();
  for (let index = 1; index <= 50_000; index += 1)
    ledger.post({ type: 'COMMISSION', symbol: 'BTCUSDT', amount: money(index % 2 === 0 ? -index : 3 * index), time: epochMs(index), tradeId: index });
  expect(ledger.lines.length).toBeLessThanOrEqual(20_000);
  expect(ledger.lines.at(-1)).toMatchObject({ id: 50_000 });
  expect(ledger.carried).not.toBe(0);
  expect(sumOf(ledger)).toBe(ledger.wallet);
  const copy = new Ledger();
  copy.restore(JSON.parse(JSON.stringify(ledger.state())) as ReturnType<Ledger['state']>);
  expect(copy.state()).toEqual(ledger.state());
  expect(sumOf(copy)).toBe(ledger.wallet);
});

it('an account stored before sums were carried begins with none', () => {
  const ledger = new Ledger();
  ledger.restore({ wallet: money(5), lines: [], nextId: 2 });
  expect([ledger.wallet, ledger.carried]).toEqual([5, 0]);
});
