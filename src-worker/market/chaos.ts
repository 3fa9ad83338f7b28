// Decides, seeded and repeatable, which fault strikes which request, frame or moment; and remembers what was done.
import { EMPTY_PLAN, type ChaosPlan, type ChaosRule, type RuleOf } from './chaos-plan.ts';
import { createGenerator, type Generator } from './random.ts';

const LOG_KEPT = 500;

export interface Injection {
  /** Simulated time. */
  readonly time: number;
  readonly kind: ChaosRule['kind'];
  readonly detail: string;
}

interface LiveRule {
  /** Stays the same while other rules come and go. */
  readonly id: number;
  readonly rule: ChaosRule;
  readonly random: Generator;
  injected: number;
  /** Seconds since start of the last scheduled run. */
  lastRun: number;
}

export interface FrameFate {
  readonly drop: boolean;
  readonly copies: number;
  readonly delayMs: number;
  /** Hold this frame back until the next one of its socket has gone. */
  readonly holdBack: boolean;
}

const UNHARMED: FrameFate = { drop: false, copies: 1, delayMs: 0, holdBack: false };

/** Kinds that are a state of the venue for as long as they last, not single blows. */
const CONDITIONS: ReadonlySet<ChaosRule['kind']> = new Set(['clock-skew', 'thin-book', 'orphan-conditionals', 'ignore-large-subscribe']);

export class Chaos {
  readonly #start: number;
  readonly #now: () => number;
  #rules: LiveRule[] = [];
  #log: Injection[] = [];
  #seed = EMPTY_PLAN.seed;
  #nextId = 1;

  /** `now` gives simulated milliseconds. */
  constructor(plan: ChaosPlan, now: () => number) {
    this.#now = now;
    this.#start = now();
    this.replace(plan);
  }

  get plan(): ChaosPlan {
    return { seed: this.#seed, rules: this.#rules.map(({ rule }) => rule) };
  }
  get log(): readonly Injection[] {
    return this.#log;
  }
  get isQuiet(): boolean {
    return this.#rules.length === 0;
  }

  /** Each rule draws from a stream of its own, so that adding one does not change the others. */
  replace(plan: ChaosPlan): void {
    this.#seed = plan.seed;
    this.#rules = [];
    this.#nextId = 1;
    for (const rule of plan.rules) this.#take(rule);
  }

  /** Adds a rule that begins now and, with `seconds`, ends by itself; the others go on undisturbed. Gives its id. */
  add(rule: ChaosRule, seconds: number | null): number {
    const from = this.#seconds();
    return this.#take({ ...rule, from, ...(seconds === null ? {} : { until: from + seconds }) });
  }

  /** False when there is no such rule. */
  remove(id: number): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((live) => live.id !== id);
    return this.#rules.length < before;
  }

  #take(rule: ChaosRule): number {
    const id = this.#nextId++;
    this.#rules.push({ id, rule, random: createGenerator(this.#seed, id), injected: 0, lastRun: this.#seconds() });
    return id;
  }

  /** How often each rule has struck, and the simulated time at which it ends by itself. */
  counts(): readonly { readonly id: number; readonly rule: ChaosRule; readonly injected: number; readonly endsAt: number | null }[] {
    return this.#rules.map(({ id, rule, injected }) => ({
      id,
      rule,
      injected,
      endsAt: rule.until === undefined ? null : Math.floor(this.#start + rule.until * 1000),
    }));
  }

  note(kind: ChaosRule['kind'], detail: string): void {
    this.#log.push({ time: Math.floor(this.#now()), kind, detail });
    if (this.#log.length > LOG_KEPT) this.#log = this.#log.slice(-LOG_KEPT / 2);
  }

  #seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }

  #isActive({ rule, injected }: LiveRule): boolean {
    const seconds = this.#seconds();
    return (
      seconds >= rule.from &&
      (rule.until === undefined || seconds < rule.until) &&
      (rule.limit === undefined || injected < rule.limit || CONDITIONS.has(rule.kind))
    );
  }

  #strike(live: LiveRule, detail: string): void {
    live.injected += 1;
    this.note(live.rule.kind, detail);
  }

  /** The rule of a kind that strikes now, if any; `detail` says what for the log, `applies` may exempt the occasion from a rule. */
  roll<Kind extends ChaosRule['kind']>(kind: Kind, detail: string, applies: (rule: RuleOf<Kind>) => boolean = () => true): RuleOf<Kind> | null {
    for (const live of this.#rules) {
      if (live.rule.kind !== kind || !this.#isActive(live)) continue;
      if ('on' in live.rule && live.rule.on !== undefined && !detail.startsWith(live.rule.on)) continue;
      if (!applies(live.rule as RuleOf<Kind>)) continue;
      if ('probability' in live.rule && live.random.uniform() >= live.rule.probability) continue;
      this.#strike(live, detail);
      return live.rule as RuleOf<Kind>;
    }
    return null;
  }

  /** The rule of a kind that is in force. A condition that lasts counts once, when it is first met; other kinds count when they strike. */
  active<Kind extends ChaosRule['kind']>(kind: Kind): RuleOf<Kind> | null {
    const found = this.#rules.find((live) => live.rule.kind === kind && this.#isActive(live));
    if (found === undefined) return null;
    if (found.injected === 0 && CONDITIONS.has(kind)) this.#strike(found, 'in force');
    return found.rule as RuleOf<Kind>;
  }

  /** Real milliseconds to wait before a request is carried out, or after it; rules add up. */
  latency(when: 'before' | 'after', detail: string): number {
    if (this.isQuiet) return 0;
    let total = 0;
    for (const live of this.#rules) {
      if (live.rule.kind !== 'latency' || live.rule.when !== when || !this.#isActive(live)) continue;
      if (live.rule.on !== undefined && !detail.startsWith(live.rule.on)) continue;
      if (live.random.uniform() >= live.rule.probability) continue;
      this.#strike(live, detail);
      total += live.rule.milliseconds + live.random.uniform() * live.rule.jitter;
    }
    return total;
  }

  frameFate(stream: 'user' | 'market', detail: string): FrameFate {
    if (this.isQuiet) return UNHARMED;
    let fate = UNHARMED;
    for (const live of this.#rules) {
      const { rule } = live;
      if (rule.kind !== 'drop-event' && rule.kind !== 'duplicate-event' && rule.kind !== 'delay-event' && rule.kind !== 'reorder-events') continue;
      if ((rule.stream !== 'all' && rule.stream !== stream) || !this.#isActive(live) || live.random.uniform() >= rule.probability) continue;
      this.#strike(live, detail);
      if (rule.kind === 'drop-event') fate = { ...fate, drop: true };
      if (rule.kind === 'duplicate-event') fate = { ...fate, copies: 2 };
      if (rule.kind === 'delay-event') fate = { ...fate, delayMs: fate.delayMs + rule.milliseconds };
      if (rule.kind === 'reorder-events') fate = { ...fate, holdBack: true };
    }
    return fate;
  }

  /** Scheduled rules that are due; each is counted when it is given. */
  due(): readonly ChaosRule[] {
    const seconds = this.#seconds();
    const found: ChaosRule[] = [];
    for (const live of this.#rules) {
      const { rule } = live;
      if (!('at' in rule || 'every' in rule) || !this.#isActive(live)) continue;
      const isOnce = rule.at !== undefined && live.injected === 0 && seconds >= rule.at;
      const isAgain = rule.every !== undefined && seconds - Math.max(live.lastRun, rule.from) >= rule.every;
      if (!isOnce && !isAgain) continue;
      live.lastRun = seconds;
      live.injected += 1;
      found.push(rule);
    }
    return found;
  }
}
