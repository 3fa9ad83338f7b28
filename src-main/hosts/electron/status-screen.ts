// The desktop shell as a screen of its own: tray, power and menus know what any screen knows, by the same contract, and act by the same commands.
import { connectRpc, type Link, type RpcClient } from '../../../src-shared/contract/rpc.ts';
import type { Command, CommandAccepted, CommandRefused } from '../../../src-shared/contract/commands.ts';
import type { EngineEvent, EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { HealthView, LogLine, PositionView, SessionView, Snapshot } from '../../../src-shared/contract/view.ts';
import type { CapitalGuardView } from '../../../src-shared/domain/risk.ts';
import { err, type Result } from '../../../src-shared/kernel/result.ts';
import { isInFlight } from './update-safety.ts';

export interface DesktopStatus {
  readonly session: SessionView;
  readonly guard: CapitalGuardView;
  readonly health: HealthView;
  readonly settings: Settings;
  readonly openPositions: number;
  /** Open positions without a confirmed stop. */
  readonly unprotected: number;
  /** Orders whose outcome is not settled; stops and targets that rest do not count. */
  readonly ordersInFlight: number;
}

export interface StatusScreen {
  /** Null until the first snapshot. */
  status(): DesktopStatus | null;
  /** Called with every change, at most once per batch of events. Returns the unsubscribe function. */
  onChange(handler: (status: DesktopStatus) => void): () => void;
  /** Called with each new log line. Returns the unsubscribe function. */
  onLogLine(handler: (line: LogLine) => void): () => void;
  command(command: Command): Promise<Result<CommandAccepted, CommandRefused>>;
  /** Everything any screen may see, read anew; null when the terminal does not answer. */
  snapshot(): Promise<Snapshot | null>;
  close(): void;
}

interface Held {
  session: SessionView;
  guard: CapitalGuardView;
  health: HealthView;
  settings: Settings;
  sequence: number;
  /** Protection by position id, open positions only. */
  readonly open: Map<string, PositionView['position']['protection']>;
  /** Client order ids of what is under way. */
  readonly inFlight: Set<string>;
}

/** Opens the screen; `attach` is the terminal's own. */
export function openStatusScreen(attach: (link: Link) => void): StatusScreen {
  const [ours, theirs] = createDirectLinks();
  attach(theirs);
  const rpc = connectRpc(ours, { set: (callback, delay) => setTimeout(callback, delay), clear: (handle) => clearTimeout(handle as NodeJS.Timeout) });
  const listeners = new Set<(status: DesktopStatus) => void>();
  const logListeners = new Set<(line: LogLine) => void>();
  let held: Held | null = null;
  const status = (): DesktopStatus | null => (held === null ? null : summarise(held));
  const announce = (): void => {
    const current = status();
    if (current !== null) for (const listener of [...listeners]) listener(current);
  };
  /** Events that arrive while a snapshot is fetched; null while none is. */
  let waiting: EngineEvent[] | null = null;
  /** False when events are missing: the mode was changed, and what is held belongs to another engine. */
  const takeIn = (current: Held, events: readonly EngineEvent[]): boolean => {
    let isChanged = false;
    for (const event of events) {
      if (event.sequence <= current.sequence) continue;
      if (event.sequence > current.sequence + 1) return false;
      current.sequence = event.sequence;
      isChanged = apply(current, event.body) || isChanged;
      if (event.body.kind === 'log') for (const listener of [...logListeners]) listener(event.body.line);
    }
    if (isChanged) announce();
    return true;
  };
  const refresh = async (): Promise<void> => {
    waiting = [];
    const fresh = await load(rpc);
    const missed = waiting;
    waiting = null;
    if (fresh === null) return;
    held = fresh;
    announce();
    if (!takeIn(fresh, missed)) void refresh();
  };
  const unsubscribe = rpc.onEvents((events) => {
    if (waiting !== null) waiting.push(...events);
    else if (held === null || !takeIn(held, events)) void refresh();
  });
  void refresh();
  return {
    status,
    onChange: (handler) => {
      listeners.add(handler);
      const current = status();
      if (current !== null) handler(current);
      return () => void listeners.delete(handler);
    },
    onLogLine: (handler) => {
      logListeners.add(handler);
      return () => void logListeners.delete(handler);
    },
    command: (command) =>
      rpc
        .call('command', command)
        .catch((failure: unknown) => err({ code: 'desktop.unanswered', uiMessage: failure instanceof Error ? failure.message : String(failure) })),
    snapshot: () => rpc.call('snapshot', null).catch(() => null),
    close: () => {
      unsubscribe();
      listeners.clear();
      logListeners.clear();
      rpc.dispose();
      ours.close();
    },
  };
}

async function load(rpc: RpcClient): Promise<Held | null> {
  try {
    const { session, guard, health, settings, sequence, positions, orders } = await rpc.call('snapshot', null);
    const open = Object.values(positions).filter(({ position }) => position.phase !== 'closed');
    const inFlight = Object.values(orders).flatMap((order) => (isInFlight(order) ? [order.intent.clientOrderId] : []));
    return {
      session,
      guard,
      health,
      settings,
      sequence,
      open: new Map(open.map(({ position }) => [position.id, position.protection])),
      inFlight: new Set(inFlight),
    };
  } catch {
    // The terminal stopped before it answered; there is nothing to show any more.
    return null;
  }
}

/** Takes from an event what the shell shows; false when it is nothing of that. */
function apply(held: Held, body: EngineEventBody): boolean {
  switch (body.kind) {
    case 'session':
      held.session = body.session;
      return true;
    case 'guard':
      held.guard = body.guard;
      return true;
    case 'health':
      held.health = body.health;
      return true;
    case 'settings':
      held.settings = body.settings;
      return true;
    case 'position': {
      const { id, phase, protection } = body.view.position;
      if (phase === 'closed') return held.open.delete(id);
      const isChanged = held.open.get(id) !== protection;
      held.open.set(id, protection);
      return isChanged;
    }
    case 'order': {
      const before = held.inFlight.size;
      const { clientOrderId } = body.order.intent;
      if (isInFlight(body.order)) held.inFlight.add(clientOrderId);
      else held.inFlight.delete(clientOrderId);
      return held.inFlight.size !== before;
    }
    default:
      return false;
  }
}

function summarise({ session, guard, health, settings, open, inFlight }: Held): DesktopStatus {
  return {
    session,
    guard,
    health,
    settings,
    openPositions: open.size,
    unprotected: [...open.values()].filter((protection) => protection === 'naked').length,
    ordersInFlight: inFlight.size,
  };
}

/** Two ends in one process. Messages are never changed by either side, so they cross uncopied; delivery is asynchronous as on every transport. */
function createDirectLinks(): readonly [Link, Link] {
  const handlers = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const closers = [new Set<() => void>(), new Set<() => void>()] as const;
  let isOpen = true;
  const end = (own: 0 | 1, other: 0 | 1): Link => ({
    send: (message) =>
      queueMicrotask(() => {
        if (isOpen) for (const handler of [...handlers[other]]) handler(message);
      }),
    onMessage: (handler) => {
      handlers[own].add(handler);
      return () => void handlers[own].delete(handler);
    },
    onClose: (handler) => {
      closers[own].add(handler);
      return () => void closers[own].delete(handler);
    },
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      for (const side of closers) for (const handler of [...side]) handler();
    },
  });
  return [end(0, 1), end(1, 0)];
}
