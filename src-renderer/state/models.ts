// The models view: asked for when a panel needs it and again whenever the models change; loss curves gathered while a training runs.
import { useEffect, useState } from 'react';
import { create } from 'zustand';
import type { ModelsView, TrainingView } from '../../src-shared/contract/models.ts';
import { onConnected } from '../connect.ts';
import { useScreen } from './store.ts';

const ASK_AGAIN_MS = 15_000;

/** What the engine knows of its models; null until it has answered. */
export function useModels(): { readonly models: ModelsView | null; readonly problem: string | null } {
  const revision = useScreen((state) => state.snapshot?.training?.revision ?? 0);
  const [answer, setAnswer] = useState<{ readonly models: ModelsView | null; readonly problem: string | null }>({ models: null, problem: null });
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onConnected((rpc) => {
      const ask = (): void => {
        clearTimeout(timer);
        rpc.call('models', null).then(
          (models) => {
            if (isGone) return;
            setAnswer({ models, problem: null });
            // Samples and drift grow without a change of the models.
            timer = setTimeout(ask, ASK_AGAIN_MS);
          },
          (failure: unknown) => {
            if (!isGone) setAnswer((before) => ({ ...before, problem: failure instanceof Error ? failure.message : '' }));
          },
        );
      };
      ask();
    });
    return () => {
      isGone = true;
      clearTimeout(timer);
      stop();
    };
  }, [revision]);
  return answer;
}

export interface LossPoint {
  readonly epoch: number;
  readonly train: number;
  readonly later: number;
}

export interface LossCurve {
  readonly stage: string;
  readonly of: number;
  readonly points: readonly LossPoint[];
}

/** Curves of the training under way (or the last one), one per network, in the order they were trained. */
export const useLossCurves = create<{ readonly startedAt: number | null; readonly curves: readonly LossCurve[] }>(() => ({ startedAt: null, curves: [] }));

/** The curves with one report of the trainer added; the same object when it says nothing new. */
export function addEpoch(
  state: { readonly startedAt: number | null; readonly curves: readonly LossCurve[] },
  { startedAt, stage, epoch }: Pick<TrainingView, 'startedAt' | 'stage' | 'epoch'>,
): { readonly startedAt: number | null; readonly curves: readonly LossCurve[] } {
  const curves = startedAt !== null && startedAt !== state.startedAt ? [] : state.curves;
  const base = curves === state.curves ? state : { startedAt, curves };
  if (epoch === null) return base;
  const point = { epoch: epoch.number, train: epoch.trainLoss, later: epoch.laterLoss };
  const last = curves.at(-1);
  const isSameNetwork = last !== undefined && last.stage === stage && (last.points.at(-1)?.epoch ?? 0) <= epoch.number;
  if (!isSameNetwork) return { ...base, curves: [...curves, { stage, of: epoch.of, points: [point] }] };
  if (last.points.at(-1)?.epoch === epoch.number) return base;
  return { ...base, curves: [...curves.slice(0, -1), { ...last, points: [...last.points, point] }] };
}

/** Follows the trainer's reports; returns the stop function. */
export function watchTraining(): () => void {
  return useScreen.subscribe((state, before) => {
    const training = state.snapshot?.training;
    if (training === undefined || training === before.snapshot?.training) return;
    const next = addEpoch(useLossCurves.getState(), training);
    if (next !== useLossCurves.getState()) useLossCurves.setState(next);
  });
}
