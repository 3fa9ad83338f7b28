// Seeded randomness for the synthetic market: sfc32, integer state, the same on every machine.

export interface Generator {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Roughly normal: the sum of four uniforms, scaled to unit variance; exact arithmetic, no transcendental function. */
  normal(): number;
}

/** Streams of different `stream` numbers are independent for the same seed. */
export function createGenerator(seed: number, stream: number): Generator {
  let a = (seed ^ 0x9e3779b9) | 0;
  let b = Math.imul(stream + 1, 0x85ebca6b) | 0;
  let c = Math.imul(seed + 0x27d4eb2f, 0xc2b2ae35) ^ stream;
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let index = 0; index < 16; index += 1) next();
  const scale = 1.7320508075688772;
  return { uniform: next, normal: () => (next() + next() + next() + next() - 2) * scale };
}
