// All REST endpoints of the venue in one table.
import { ok } from '../../src-shared/kernel/result.ts';
import { ACCOUNT_ROUTES } from './rest-account.ts';
import { CONDITIONAL_ROUTES } from './rest-conditional.ts';
import { CONTRACT_ROUTES } from './rest-contracts.ts';
import { DATA_ROUTES } from './rest-data.ts';
import { HISTORY_ROUTES } from './rest-history.ts';
import { MARKET_ROUTES } from './rest-market.ts';
import { ORDER_ROUTES } from './rest-orders.ts';
import { fixed, type Route, type Routes } from './routes.ts';

/** Wallet endpoints outside the futures API that general clients ask on their way; this venue has one asset and nothing to convert. */
const WALLET_ROUTES: Routes = {
  'GET /sapi/v1/capital/config/getall': { security: 'signed', weight: fixed(1), answer: () => ok([]) },
  'GET /sapi/v1/system/status': { security: 'none', weight: fixed(1), answer: () => ok({ status: 0, msg: 'normal' }) },
  'GET /sapi/v1/margin/allPairs': { security: 'key', weight: fixed(1), answer: () => ok([]) },
  'GET /sapi/v1/margin/isolated/allPairs': { security: 'key', weight: fixed(1), answer: () => ok([]) },
};

const ROUTES: Routes = {
  ...MARKET_ROUTES,
  ...CONTRACT_ROUTES,
  ...DATA_ROUTES,
  ...ACCOUNT_ROUTES,
  ...ORDER_ROUTES,
  ...HISTORY_ROUTES,
  ...CONDITIONAL_ROUTES,
  ...WALLET_ROUTES,
};

/** `GET /fapi/v1/time` and so on. */
export const ROUTE_NAMES: readonly string[] = Object.keys(ROUTES);

/** Null when the exchange has no such path. */
export function findRoute(method: string, path: string): Route | null {
  return Object.hasOwn(ROUTES, `${method} ${path}`) ? (ROUTES[`${method} ${path}`] ?? null) : null;
}
