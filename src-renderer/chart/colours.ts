// Colours of the chart, read from the style sheet of the active theme.
export interface Palette {
  readonly up: string;
  readonly down: string;
  readonly upDim: string;
  readonly downDim: string;
  readonly muted: string;
  readonly accent: string;
  readonly warn: string;
  readonly text: string;
  readonly line: string;
  readonly panel: string;
  readonly studies: readonly string[];
}

const NAMES = {
  up: '--up',
  down: '--down',
  upDim: '--up-dim',
  downDim: '--down-dim',
  muted: '--text-muted',
  accent: '--accent',
  warn: '--warn',
  text: '--text',
  line: '--line',
  panel: '--panel',
} as const;

/** Read once per theme: asking the style sheet on every frame would cost layout work. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const plain = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, read(name)])) as Record<keyof typeof NAMES, string>;
  return { ...plain, studies: [1, 2, 3, 4].map((index) => read(`--study-${index}`)) };
}
