// A terminal that can change its mode while its screens stay: the engine stops, starts in the other mode, and the screens take a fresh snapshot.
import { z } from 'zod';
import type { Link } from '../../src-shared/contract/rpc.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import { describeMode } from '../../src-shared/domain/session.ts';
import type { Result } from '../../src-shared/kernel/result.ts';
import type { StartOptions } from './arguments.ts';
import { keepChosenMode, withChosenMode } from './chosen-mode.ts';
import type { StartRequest, Terminal } from './terminal.ts';

type Start = (request: StartRequest) => Promise<Result<Terminal, { readonly uiMessage: string }>>;

/** Events of a new engine begin this far after the old one's, so that every screen sees a gap and asks for a fresh snapshot. */
const SEQUENCE_GAP = 1_000_000;
const callSchema = z.object({ kind: z.literal('call'), id: z.number().int() });
/** The answer to the screen that asked goes out first. */
const ANSWER_MS = 100;

/** The same link, which answers calls at once while no engine serves it instead of leaving them to their timeout. */
function steady(link: Link): Link {
  const handlers = new Set<(message: unknown) => void>();
  link.onMessage((raw) => {
    for (const handler of [...handlers]) handler(raw);
    if (handlers.size > 0) return;
    const call = callSchema.safeParse(raw);
    if (!call.success) return;
    const value = { code: 'mode.changing', message: 'The engine is starting in another mode; ask again in a moment.' };
    link.send({ kind: 'answer', id: call.data.id, ok: false, value });
  });
  return {
    send: (message) => link.send(message),
    onMessage: (handler) => {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    onClose: (handler) => link.onClose(handler),
    close: () => link.close(),
  };
}

/** Options of the same terminal in another mode; what belongs to simulation only is left behind. */
export function optionsFor(options: StartOptions, mode: Mode): StartOptions {
  return mode === 'simulated' ? { ...options, mode } : { ...options, mode, speed: 1, replay: null, from: null };
}

/**
 * Starts a terminal as `start` does and lets its screens change the mode. When the other mode cannot be started (no keys, no network) the
 * mode before is started again and the log says why: a person's wish that failed never leaves the desk without an engine.
 */
export async function startSwitchable(request: StartRequest, start: Start): ReturnType<Start> {
  const links = new Set<Link>();
  const first = withChosenMode(request.options);
  let mode = first.mode;
  let reason = first.modeReason;
  let generation = 0;
  let isStopping = false;
  let switching: Promise<void> = Promise.resolve();

  const launch = (next: Mode): ReturnType<Start> =>
    start({
      ...request,
      options: { ...optionsFor(first, next), modeReason: reason },
      firstSequence: generation * SEQUENCE_GAP,
      onSwitch: (wanted) => {
        setTimeout(() => {
          switching = switching.then(() => change(wanted));
        }, ANSWER_MS);
      },
    });

  let started = await launch(mode);
  // A chosen mode that cannot start must not lock the person out; what runs instead has no money in it and says why it runs.
  const whyNot = started.ok || reason !== 'remembered' || mode === 'simulated' ? null : started.error.uiMessage;
  if (whyNot !== null) {
    mode = 'simulated';
    reason = 'not_startable';
    started = await launch(mode);
  }
  if (!started.ok) return started;
  let current = started.value;
  if (whyNot !== null) current.logger.log('error', 'alarm', `${describeMode(first.mode).badge} could not be started: ${whyNot}`);

  async function change(wanted: Mode): Promise<void> {
    if (isStopping || wanted === mode) return;
    const before = mode;
    generation += 1;
    await current.stop(`change from ${before} to ${wanted}`);
    const reasonBefore = reason;
    reason = 'wizard';
    let next = await launch(wanted);
    let failure: string | null = null;
    if (next.ok) mode = wanted;
    else {
      failure = next.error.uiMessage;
      reason = reasonBefore;
      next = await launch(before);
    }
    // The mode before ran a moment ago; if even that does not start, the process ends like one that could not start.
    if (!next.ok) throw new Error(next.error.uiMessage);
    current = next.value;
    if (failure !== null)
      current.logger.log(
        'error',
        'alarm',
        `${describeMode(wanted).badge} could not be started: ${failure} The terminal is in ${describeMode(before).badge} again.`,
      );
    const unkept = failure === null ? keepChosenMode(first.dataDir, wanted) : null;
    if (unkept !== null) current.logger.log('warn', 'terminal', unkept);
    for (const link of links) current.attach(link);
  }

  return {
    ok: true,
    value: {
      logger: { log: (...line) => current.logger.log(...line), close: () => current.logger.close() },
      whenStreaming: current.whenStreaming,
      attach: (link) => {
        const served = steady(link);
        links.add(served);
        link.onClose(() => links.delete(served));
        current.attach(served);
      },
      wake: (sleptMs) => current.wake(sleptMs),
      stop: async (why) => {
        isStopping = true;
        await switching.catch(() => undefined);
        await current.stop(why);
      },
    },
  };
}
