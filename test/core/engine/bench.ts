// An engine with one contract, a price and an account: inputs go in by name, every output is kept.
import type { Command } from '../../../src-shared/contract/commands.ts';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import type { Mode } from '../../../src-shared/domain/session.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { EngineEffect, EngineInput, EngineOutput } from '../../../src-main/core/engine/messages.ts';
import type { ExchangeStatus, JournalRecord, OrderReport, StoredRecord, VenuePosition } from '../../../src-main/core/ports.ts';
import { sampleInstrument } from '../../support/samples.ts';

export const START = epochMs(1_760_000_200_000);
export const HEALTHY: ExchangeStatus = {
  breaker: 'normal',
  weightUsed: 0,
  weightLimit: 1920,
  clockOffsetMs: 0,
  restLatencyMs: 5,
  userStream: 'connected',
  malformed: {},
};

type Timeless<T> = T extends unknown ? Omit<T, 'at'> : never;
export type Answer = Result<{ readonly message: string }, { readonly code: string; readonly uiMessage: string }>;

export class EngineBench {
  now: EpochMs = START;
  engine: Engine;
  readonly records: JournalRecord[] = [];
  readonly effects: EngineEffect[] = [];
  readonly settings: Settings;
  #price = 60_000;
  #trade = 0;

  constructor({ settings = {}, mode = 'simulated' }: { readonly settings?: Partial<Settings>; readonly mode?: Mode } = {}) {
    this.settings = { ...defaultSettings(), ...settings };
    this.engine = this.#build(mode);
  }

  #build(mode: Mode): Engine {
    return new Engine({
      settings: this.settings,
      speed: 1,
      idSeed: 'k7',
      session: { mode, host: 'node', version: '0', startedAt: START, speed: 1, strategyMode: 'ict', automation: 'running', phase: 'starting', phaseText: '' },
    });
  }

  /** An engine rebuilt from this one's journal. */
  reborn(mode: Mode = 'simulated'): Engine {
    const next = this.#build(mode);
    next.restore(
      null,
      this.records.map((record, index): StoredRecord => ({ ...structuredClone(record), id: index + 1, session: 1 })),
    );
    return next;
  }

  send(input: Timeless<EngineInput>): EngineOutput {
    const output = this.engine.process({ ...input, at: this.now } as EngineInput);
    this.records.push(...output.records);
    this.effects.push(...output.effects);
    return output;
  }

  wait(milliseconds: number): EngineOutput {
    this.now = epochMs(this.now + milliseconds);
    return this.send({ kind: 'pulse', exchange: HEALTHY });
  }

  price(last: number): EngineOutput {
    this.#price = last;
    return this.send({
      kind: 'market',
      event: {
        kind: 'prices',
        prices: [
          {
            symbol: 'BTCUSDT',
            last,
            mark: last,
            bid: last - 0.1,
            ask: last + 0.1,
            change24h: 0,
            quoteVolume24h: 1e10,
            fundingRate: 0.0001,
            nextFundingTime: this.now,
            time: this.now,
          } as never,
        ],
      },
    });
  }

  /** Instruments, a price, a streaming feed and books that agree: trading is active afterwards. */
  warmUp(positions: readonly VenuePosition[] = []): this {
    this.send({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] } });
    this.send({
      kind: 'market',
      event: { kind: 'feed-status', status: { state: 'streaming', text: '', symbolsReady: 1, symbolsTotal: 1, lastEventAt: this.now } },
    });
    this.price(60_000);
    this.reconcile(positions);
    this.wait(250);
    return this;
  }

  reconcile(positions: readonly VenuePosition[]): EngineOutput {
    const usdt = moneyFromUsdt(10_000);
    return this.send({
      kind: 'reconciled',
      request: { scope: 'account', symbols: [], fillsSince: this.now },
      result: ok({
        scope: 'account',
        symbols: [],
        time: this.now,
        account: { wallet: usdt, unrealised: money(0), available: usdt, marginUsed: money(0), hedgeMode: false },
        positions,
        orders: [],
        fills: [],
      }),
    });
  }

  command(command: Command): { readonly answer: Answer; readonly output: EngineOutput } {
    const output = this.send({ kind: 'command', id: 1, who: 'screen 1', command });
    const answer = output.effects.find((effect) => effect.kind === 'answer-command');
    if (answer === undefined) throw new Error('the command was not answered');
    return { answer: answer.result, output };
  }

  intents(): readonly OrderIntent[] {
    return this.effects.filter((effect) => effect.kind === 'submit').map((effect) => effect.intent);
  }

  /** The venue takes an order. */
  acknowledge(intent: OrderIntent): EngineOutput {
    return this.send({
      kind: 'submitted',
      clientOrderId: intent.clientOrderId,
      result: ok({ clientOrderId: intent.clientOrderId, venueOrderId: `v-${intent.clientOrderId}`, status: 'resting', filledLots: lots(0), time: this.now }),
    });
  }

  /** The venue takes and fills an order, whole or in part. */
  fill(intent: OrderIntent, amount: number = intent.lots): EngineOutput {
    this.acknowledge(intent);
    this.#trade += 1;
    const venueOrderId = `v-${intent.clientOrderId}`;
    return this.send({
      kind: 'venue',
      event: {
        kind: 'order',
        report: { ...this.reportOf(intent), status: amount < intent.lots ? 'partially_filled' : 'filled', filledLots: lots(amount) },
        fill: {
          symbol: intent.symbol,
          tradeId: String(this.#trade),
          clientOrderId: intent.clientOrderId,
          venueOrderId,
          side: intent.side,
          positionSide: intent.positionSide,
          lots: lots(amount),
          price: this.#price,
          fee: money(1000),
          realisedPnl: money(0),
          isMaker: false,
          time: this.now,
        } as never,
      },
    });
  }

  /** The venue reports an order as filled; the fill itself was lost. */
  filledWithoutFills(intent: OrderIntent): EngineOutput {
    this.acknowledge(intent);
    return this.send({
      kind: 'queried',
      clientOrderId: intent.clientOrderId,
      result: ok(this.reportOf(intent)),
    });
  }

  /** What the venue says of an order that is filled whole. */
  reportOf(intent: OrderIntent): OrderReport {
    return {
      clientOrderId: intent.clientOrderId,
      venueOrderId: `v-${intent.clientOrderId}`,
      symbol: intent.symbol,
      conditional: false,
      status: 'filled',
      side: intent.side,
      positionSide: intent.positionSide,
      lots: intent.lots,
      filledLots: intent.lots,
      averagePrice: this.#price,
      price: null,
      trigger: null,
      closePosition: false,
      reduceOnly: intent.reduceOnly,
      purpose: 'other',
      triggeredOrderId: null,
      time: this.now,
      reason: null,
    };
  }

  /** Positions as the screen was told last. */
  positions(output: EngineOutput): readonly Extract<EngineOutput['events'][number], { kind: 'position' }>['view']['position'][] {
    return output.events.filter((event) => event.kind === 'position').map((event) => event.view.position);
  }
}
