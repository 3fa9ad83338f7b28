// The whole engine at the venue's own account in the same process: what it wishes is carried out at once, what comes of it is its next input.
import type { Command } from '../../../src-shared/contract/commands.ts';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { CapitalGuardView } from '../../../src-shared/domain/risk.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { epochMs, moneyFromUsdt, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { EffectRunner } from '../../../src-main/core/backtest/effect-runner.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { EngineInput, EngineOutput } from '../../../src-main/core/engine/messages.ts';
import type { ExchangeStatus, FeedStatus, JournalRecord, StoredRecord } from '../../../src-main/core/ports.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { HEALTHY, type Answer } from './bench.ts';

/** Noon, UTC, so that a test of an hour stays within its day. */
export const NOON = epochMs(Math.floor(1_760_000_200_000 / 86_400_000) * 86_400_000 + 43_200_000);
const PULSE_MS = 250;
const TICKS_PER_USDT = 10;

export class EngineAtVenue {
  now: EpochMs;
  readonly exchange: Exchange;
  readonly engine: Engine;
  readonly records: JournalRecord[];
  readonly #runner: EffectRunner;
  #last = 60_000;
  #status: ExchangeStatus = HEALTHY;
  #guard: CapitalGuardView | null = null;
  readonly #settings: Settings;
  readonly #notices: string[] = [];
  readonly noticeTexts: string[] = [];

  /** A new account with 10,000 USDT, or the next start of a terminal that ended without a word. */
  constructor(settings: Partial<Settings> = {}, before: EngineAtVenue | null = null) {
    this.#settings = { ...defaultSettings(), ...settings };
    this.now = before?.now ?? NOON;
    this.exchange = before?.exchange ?? new Exchange([sampleInstrument()], moneyFromUsdt(10_000), NOON);
    this.records = [...(before?.records ?? [])];
    this.#last = before?.price ?? 60_000;
    this.engine = new Engine({
      settings: this.#settings,
      speed: 1,
      idSeed: 'k7',
      session: {
        mode: 'simulated',
        host: 'node',
        version: '0',
        startedAt: this.now,
        speed: 1,
        strategyMode: 'ict',
        automation: 'running',
        phase: 'starting',
        phaseText: '',
      },
    });
    if (before !== null)
      this.engine.restore(
        null,
        before.records.map((record, index): StoredRecord => ({ ...structuredClone(record), id: index + 1, session: 1 })),
      );
    const books = {
      addRecord: (record: JournalRecord) => void this.records.push(record),
      addEvent: (event: EngineOutput['events'][number]) => void (this.#guard = event.kind === 'guard' ? event.guard : this.#guard),
      addOrder: () => undefined,
      addVenueEvents: () => undefined,
    };
    this.#runner = new EffectRunner({ engine: this.engine, exchange: this.exchange, books: books as never, clocks: new Map(), predictor: null });
  }

  get price(): number {
    return this.#last;
  }
  /** Titles of the notifications. */
  get notices(): readonly string[] {
    return this.#notices;
  }

  /** The guard as the screen was told last. */
  get guard(): CapitalGuardView {
    if (this.#guard === null) throw new Error('the guard was never told');
    return this.#guard;
  }
  get tradingState(): string {
    return `${this.guard.state} ${this.guard.reason}`;
  }

  /** Instruments, a price, a streaming feed and the first comparison. */
  start(): this {
    this.market({ kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] });
    this.feed('streaming');
    this.moveTo(this.#last);
    this.wait(1);
    return this;
  }

  feedInput(input: EngineInput): EngineOutput {
    const output = this.engine.process(input);
    for (const effect of output.effects) {
      if (effect.kind !== 'notify') continue;
      this.#notices.push(effect.notification.title);
      this.noticeTexts.push(effect.notification.text);
    }
    this.#runner.commit(output, this.now);
    this.#runner.drain();
    return output;
  }

  market(event: Extract<EngineInput, { kind: 'market' }>['event']): void {
    this.feedInput({ kind: 'market', at: this.now, event });
  }

  feed(state: FeedStatus['state']): void {
    this.market({ kind: 'feed-status', status: { state, text: '', symbolsReady: 1, symbolsTotal: 1, lastEventAt: this.now } });
    this.pulse();
  }

  /** What the client reports of itself from the next pulse on. */
  client(change: Partial<ExchangeStatus>): void {
    this.#status = { ...HEALTHY, ...change };
    this.pulse();
  }

  pulse(): void {
    this.now = epochMs(this.now + PULSE_MS);
    this.feedInput({ kind: 'pulse', at: this.now, exchange: this.#status });
  }

  /** Last and mark price, for the venue and for the engine. */
  moveTo(last: number): void {
    this.#last = last;
    const inTicks = ticks(Math.round(last * TICKS_PER_USDT));
    this.exchange.onPrice('BTCUSDT', { last: inTicks, mark: inTicks, quoteVolume24h: 1e10 }, this.now);
    this.#runner.deliver(this.now);
    const price = { symbol: 'BTCUSDT', last, mark: last, change24h: 0, quoteVolume24h: 1e10, fundingRate: 0, nextFundingTime: null, spreadFraction: 0.00001 };
    this.market({ kind: 'prices', prices: [{ ...price, time: this.now }] });
    this.pulse();
  }

  /** To a price in small steps, so slowly that no minute sees a jump. */
  driftTo(target: number, minutes = 30): void {
    const from = this.#last;
    for (let minute = 1; minute <= minutes; minute += 1) {
      this.now = epochMs(this.now + 60_000);
      this.moveTo(from + ((target - from) * minute) / minutes);
    }
  }

  /** Time passes with the price where it is; prices keep coming. */
  wait(seconds: number): void {
    const until = this.now + seconds * 1000;
    while (this.now < until) {
      this.now = epochMs(Math.min(until, this.now + 15_000));
      this.moveTo(this.#last);
    }
  }

  command(command: Command): Answer {
    const output = this.feedInput({ kind: 'command', at: this.now, id: 1, who: 'screen 1', command });
    const answer = output.effects.find((effect) => effect.kind === 'answer-command');
    if (answer === undefined) throw new Error('the command was not answered');
    return answer.result;
  }

  /** Opens by hand; gives the code of the refusal, or `opened`. */
  open(side: 'long' | 'short' = 'long', stopDistance = 0.05): string {
    const stop = Math.round(this.#last * (side === 'long' ? 1 - stopDistance : 1 + stopDistance) * TICKS_PER_USDT);
    const answer = this.command({ kind: 'open-position', symbol: 'BTCUSDT', side, stop, target: null });
    this.pulse();
    return answer.ok ? 'opened' : answer.error.code;
  }

  close(): boolean {
    const [open] = this.openPositions();
    if (open === undefined) return false;
    const answer = this.command({ kind: 'close-position', positionId: open.id, fraction: 1 });
    this.pulse();
    return answer.ok;
  }

  openPositions(): readonly Position[] {
    const { desk } = this.engine.state() as { readonly desk: { readonly positions: readonly { readonly position: Position }[] } };
    return desk.positions.map(({ position }) => position).filter(({ phase }) => phase !== 'closed');
  }

  /** Lots of the symbol at the venue, signed. */
  get heldAtVenue(): number {
    return this.exchange.holdings().reduce((sum, holding) => sum + holding.lots, 0);
  }
}
