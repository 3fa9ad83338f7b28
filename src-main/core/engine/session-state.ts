// What the top bar says about the run itself: mode, phase, automation; changed only through here so that the screen always knows.
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { SessionView } from '../../../src-shared/contract/view.ts';
import type { StrategyMode } from '../../../src-shared/domain/signal.ts';
import type { FeedStatus } from '../ports.ts';

export class SessionState {
  #view: SessionView;

  constructor(initial: SessionView) {
    this.#view = initial;
  }

  get view(): SessionView {
    return this.#view;
  }

  get isPaused(): boolean {
    return this.#view.automation === 'paused';
  }

  setAutomation(automation: SessionView['automation']): EngineEventBody | null {
    return this.#change({ automation });
  }

  setStrategyMode(strategyMode: StrategyMode): EngineEventBody | null {
    return this.#change({ strategyMode });
  }

  /** Follows the feed. */
  setFeed(status: FeedStatus): EngineEventBody | null {
    // The same sentence said again is no news.
    const phaseSaid = status.text === this.#view.phaseText ? (this.#view.phaseSaid ?? null) : (status.said ?? null);
    return this.#change({ phase: phaseOf(status), phaseText: status.text, phaseSaid });
  }

  setSpeed(speed: number): EngineEventBody | null {
    return this.#change({ speed });
  }

  setStopping(): EngineEventBody | null {
    return this.#change({ phase: 'stopping', phaseText: 'Stopping; positions keep their stops at the venue.' });
  }

  #change(part: Partial<SessionView>): EngineEventBody | null {
    const next = { ...this.#view, ...part };
    const isSame = (Object.keys(part) as (keyof SessionView)[]).every((key) => next[key] === this.#view[key]);
    if (isSame) return null;
    this.#view = next;
    return { kind: 'session', session: next };
  }
}

function phaseOf(status: FeedStatus): SessionView['phase'] {
  switch (status.state) {
    case 'connecting':
      return 'starting';
    case 'warming_up':
      return 'warming_up';
    case 'streaming':
      return 'streaming';
    case 'stale':
    case 'down':
    case 'geo_blocked':
      return 'degraded';
  }
}
