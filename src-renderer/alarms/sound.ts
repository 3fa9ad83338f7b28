// Sounds made by the browser itself: two notes for a fill, three for an alarm. No files, no network.
import { usePreferences } from '../state/preferences.ts';

export type SoundName = 'fill' | 'alarm';

const NOTES: Readonly<Record<SoundName, readonly number[]>> = { fill: [660, 880], alarm: [880, 660, 880] };
const NOTE_SECONDS = 0.12;

let context: AudioContext | null = null;

/** Plays a sound at the preferred volume. Browsers stay silent until the first click on the page; that is no error. */
export function playSound(name: SoundName): void {
  const { volume } = usePreferences.getState();
  if (volume === 0) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined);
  const start = context.currentTime;
  for (const [index, frequency] of NOTES[name].entries()) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    const from = start + index * NOTE_SECONDS;
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(volume * 0.3, from + 0.01);
    gain.gain.exponentialRampToValueAtTime(0.001, from + NOTE_SECONDS);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + NOTE_SECONDS);
  }
}
