// A moment as text: ISO 8601 in UTC, without seconds where they are zero.

export function iso(time: number): string {
  return new Date(time).toISOString().replace(':00.000Z', 'Z');
}
