// Payloads that came off the wire, and documented ones, from the shared data folder.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedPath } from '../../../support/shared.ts';

function file(name: string): string {
  const path = sharedPath('data', 'binance', name);
  return name.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString('utf8') : readFileSync(path, 'utf8');
}

export function recordedJson(name: string): unknown {
  return JSON.parse(file(name));
}

export function recordedLines(name: string): readonly unknown[] {
  return file(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

export function recordedRows(name: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...rows] = file(name).trim().split('\n');
  const names = header.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [names[index] ?? '', cell])));
}

/** An entry of a file that maps names to payloads. */
export function example(name: string, key: string): unknown {
  const found = (recordedJson(name) as Readonly<Record<string, unknown>>)[key];
  if (found === undefined) throw new Error(`${name} has no ${key}`);
  return found;
}

export const CONNECTOR = 'doc_examples/official_connector_examples.json';
export const STREAM_EVENTS = 'doc_examples/stream_events.json';
export const PEER = 'peer_fixtures/nautilus_futures.json';
