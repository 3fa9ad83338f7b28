// The way to the account: connected at the start, tried again while it is refused; what a key may do beyond trading is told.
import type { BinanceExchange } from '../adapters/binance/exchange.ts';
import type { ExecutionVenue, Logger, VenueAccount, VenueEvent } from '../core/ports.ts';

const RETRY_MS = 5000;

export interface AccountLinkParts {
  readonly execution: ExecutionVenue;
  readonly logger: Logger;
  readonly onEvent: (event: VenueEvent) => void;
  readonly onAccount: (account: VenueAccount) => void;
  readonly isStopped: () => boolean;
}

/** Resolves when the account stream stands, or when the terminal stops before. A refusal is said once, not at every try. */
export async function connectAccount({ execution, logger, onEvent, onAccount, isStopped }: AccountLinkParts): Promise<void> {
  let refusal = '';
  for (;;) {
    const account = await execution.start(onEvent);
    if (isStopped()) return;
    if (account.ok) return onAccount(account.value);
    if (account.error.uiMessage !== refusal) logger.log('error', 'exchange', account.error.uiMessage);
    refusal = account.error.uiMessage;
    await new Promise((resume) => setTimeout(resume, RETRY_MS));
  }
}

/** A key that can withdraw, or that works from any address, is told at every start. */
export async function warnAboutKey(exchange: Pick<BinanceExchange, 'readPermissions'>, logger: Logger, isStopped: () => boolean): Promise<void> {
  const permissions = await exchange.readPermissions();
  if (permissions === null || isStopped()) return;
  if (!permissions.ok) logger.log('info', 'exchange', `What the API key may do could not be read: ${permissions.error.uiMessage}`);
  else for (const warning of permissions.value.warnings) logger.log('warn', 'alarm', warning);
}
