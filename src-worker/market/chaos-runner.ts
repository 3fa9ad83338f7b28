// Carries out the scheduled faults: price gaps, halts, settlements, coarser filters, dead connections, expired keys.
import type { WebSocket } from 'ws';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import type { Chaos } from './chaos.ts';
import type { ChaosRule } from './chaos-plan.ts';
import type { ListenKeys } from './listen-keys.ts';
import type { Market } from './market.ts';
import type { FrameSender } from './socket-faults.ts';
import type { StreamContent } from './stream-content.ts';

export interface ChaosTargets {
  readonly chaos: Chaos;
  readonly exchange: Exchange;
  readonly market: Market;
  readonly content: StreamContent;
  readonly sender: FrameSender;
  readonly listenKeys: ListenKeys;
  readonly sockets: { readonly user: () => readonly WebSocket[]; readonly market: () => readonly WebSocket[] };
  readonly wallNow: () => number;
}

export class ChaosRunner {
  readonly #targets: ChaosTargets;
  readonly #halted = new Map<string, number>();

  /** A halt that was rehearsed in an earlier process ended with it. */
  constructor(targets: ChaosTargets) {
    this.#targets = targets;
    for (const symbol of targets.market.symbols.keys())
      if (targets.exchange.status(symbol) === 'TRADING_HALT') targets.exchange.setStatus(symbol, 'TRADING', epochMs(Math.floor(targets.market.now)));
  }

  /** Applies lasting conditions and everything that is due at this simulated time. */
  run(now: number): void {
    const { chaos, exchange } = this.#targets;
    exchange.rules.bookThickness = chaos.active('thin-book')?.thickness ?? 1;
    exchange.rules.expireClosePositionWhenFlat = chaos.active('orphan-conditionals') === null;
    for (const [symbol, until] of this.#halted) if (now >= until) this.#resume(symbol, now);
    for (const rule of chaos.due()) this.strike(rule, now);
  }

  /** Carries out one rule now, whatever its schedule says. False for rules that only wait for a request or a frame. */
  strike(rule: ChaosRule, now: number): boolean {
    const detail = this.#carryOut(rule, now);
    if (detail === null) return false;
    this.#targets.chaos.note(rule.kind, detail);
    return true;
  }

  #carryOut(rule: ChaosRule, now: number): string | null {
    const { exchange, market, listenKeys, sender, wallNow } = this.#targets;
    const time = epochMs(Math.floor(now));
    switch (rule.kind) {
      case 'gap': {
        const symbol = this.#symbolOf(rule.symbol);
        return market.gap(symbol, rule.percent / 100) ? `${symbol} ${rule.percent} %` : `${symbol} is unknown`;
      }
      case 'halt': {
        const symbol = this.#symbolOf(rule.symbol);
        this.#halt(symbol, now + rule.seconds * 1000, now);
        return `${symbol} for ${rule.seconds} s`;
      }
      case 'settle': {
        const symbol = this.#symbolOf(rule.symbol);
        exchange.setStatus(symbol, 'SETTLING', time);
        this.#announce(symbol, 'SETTLING');
        return symbol;
      }
      case 'coarser-filters': {
        const symbol = this.#symbolOf(rule.symbol);
        exchange.setMultiples(symbol, { ticks: rule.ticks, lots: rule.lots });
        this.#announce(symbol, 'TRADING');
        return `${symbol} tick ×${rule.ticks}, step ×${rule.lots}`;
      }
      case 'auto-deleverage': {
        const symbol = this.#symbolOf(rule.symbol);
        return `${symbol}: ${exchange.autoDeleverage(symbol, time)} positions`;
      }
      case 'disconnect': {
        const sockets = this.#socketsOf(rule.stream);
        for (const socket of sockets) socket.terminate();
        return `${sockets.length} ${rule.stream} connections`;
      }
      case 'half-open': {
        const sockets = this.#socketsOf(rule.stream);
        for (const socket of sockets) sender.silence(socket);
        return `${sockets.length} ${rule.stream} connections`;
      }
      case 'expire-listen-key':
        return listenKeys.expire(wallNow()) ? 'the listen key' : 'no listen key to expire';
      default:
        return null;
    }
  }

  #symbolOf(wanted: string | undefined): string {
    const { exchange, market } = this.#targets;
    return wanted ?? exchange.holdings()[0]?.symbol ?? market.symbols.keys().next().value ?? '';
  }

  #socketsOf(stream: 'user' | 'market' | 'all'): readonly WebSocket[] {
    const { sockets } = this.#targets;
    return [...(stream === 'market' ? [] : sockets.user()), ...(stream === 'user' ? [] : sockets.market())];
  }

  #halt(symbol: string, until: number, now: number): void {
    const symbolMarket = this.#targets.market.symbols.get(symbol);
    if (symbolMarket === undefined) return;
    this.#halted.set(symbol, until);
    symbolMarket.isHalted = true;
    this.#targets.exchange.setStatus(symbol, 'TRADING_HALT', epochMs(Math.floor(now)));
    this.#announce(symbol, 'TRADING_HALT');
  }

  #resume(symbol: string, now: number): void {
    this.#halted.delete(symbol);
    const symbolMarket = this.#targets.market.symbols.get(symbol);
    if (symbolMarket !== undefined) symbolMarket.isHalted = false;
    this.#targets.exchange.setStatus(symbol, 'TRADING', epochMs(Math.floor(now)));
    this.#announce(symbol, 'TRADING');
  }

  #announce(symbol: string, status: string): void {
    const symbolMarket = this.#targets.market.symbols.get(symbol);
    if (symbolMarket !== undefined) this.#targets.content.addContract(symbolMarket, status);
  }
}
