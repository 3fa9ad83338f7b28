// A line of the journal for a person: lots and ticks become quantities and prices of the market, codes become words. Pure but for the language.
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { inWords } from '../i18n/sentences.ts';
import { formatLots, formatPrice, ticksToPrice } from '../ui/format.ts';
import { nameCode } from './codes.ts';

/** Codes stand in parentheses and carry a dot or an underscore; plain words there stay. */
const CODE = /\(([a-z]+(?:[._][a-z0-9]+)+|traded)\)/;

/** Whole ticks between words that say so: `stop moved from 4410 to 4420 ticks`, `at 4410 ticks`. */
const TICKS = /(?:from (\d+|none) to (\d+|none)|at (\d+|the market)) ticks/g;
/** The quantity that was there is written without its unit. */
const ADDED = /(\d+) lots are added to (\d+) by hand/;
/** `plan … from stop 4410, target 4500 to stop …`, which the engine writes in ticks without saying so. */
const PLAN = /\b(stop|target) (\d+)\b/g;

/** The journal's own line with the units of its market; a market that is not listed any more keeps lots and ticks. */
export function inUnits(summary: string, markets: Readonly<Record<string, MarketInfo>>): string {
  const symbol = /^(\S+?):? /u.exec(summary)?.[1];
  const market = symbol === undefined ? undefined : markets[symbol];
  if (market === undefined) return summary;
  const price = (ticks: string): string => (/^\d+$/.test(ticks) ? formatPrice(market, ticksToPrice(market, Number(ticks))) : ticks);
  const named = summary
    .replace(ADDED, (_all, lots: string, held: string) => `${lots} lots are added to ${held} lots by hand`)
    .replace(/(\d+) lots\b/g, (_all, lots: string) => formatLots(market, Number(lots)))
    .replace(TICKS, (_all, from: string | undefined, to: string | undefined, at: string | undefined) =>
      at === undefined ? `from ${price(from ?? '')} to ${price(to ?? '')}` : `at ${price(at)}`,
    );
  return named.includes('plan of the entry') ? named.replace(PLAN, (_all, level: string, ticks: string) => `${level} ${price(ticks)}`) : named;
}

/** What the screen shows of a journal line, in the active language. */
export function journalLine(summary: string, markets: Readonly<Record<string, MarketInfo>>): string {
  const said = inWords(inUnits(summary, markets));
  return said.replace(CODE, (_all, code: string) => `(${nameCode(code)})`);
}
