// Closing everything, from the button, the key or the palette: sent once, and its progress is shown whoever asked.
import { create } from 'zustand';
import { command } from './send.ts';

/** Whether the progress of a flatten is on the screen. */
export const useFlatten = create<{ readonly isWatching: boolean }>(() => ({ isWatching: false }));

export function flattenAll(): void {
  void command({ kind: 'flatten-all' }).then((isAccepted) => {
    if (isAccepted) useFlatten.setState({ isWatching: true });
  });
}

export function endFlattenWatch(): void {
  useFlatten.setState({ isWatching: false });
}
