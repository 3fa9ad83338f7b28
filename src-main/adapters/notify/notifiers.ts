// Where notifications go: always to the log, and to Discord where a webhook or a bot is set.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { createProxyAgent } from '../binance/exchange.ts';
import type { Logger, Notifier } from '../../core/ports.ts';
import type { Secret } from '../runtime/secret.ts';
import { createDiscordNotifier, type DiscordNotifier } from './discord.ts';
import { botDoor, webhookDoor } from './discord-door.ts';
import { createFanOutNotifier } from './fan-out.ts';
import { createLogNotifier } from './log-notifier.ts';

export interface NotifiersInput {
  /** The webhook counts where both are there; without either there is no Discord. */
  readonly webhook: Secret | null;
  readonly botToken: Secret | null;
  readonly settings: () => Settings;
  /** Address of the proxy with its credentials, or null. */
  readonly proxyUrl: string | null;
  /** Shown under each message, e.g. `LIVE`. */
  readonly badge: string;
  readonly logger: Logger;
}

export interface Notifiers extends Notifier {
  /** Sends what is queued within the time, then stops. */
  stop(withinMs: number): Promise<void>;
}

/** A webhook or token that is none, or a proxy that cannot be used, turns Discord off with a sentence; the log is told in any case. */
export function createNotifiers(input: NotifiersInput): Notifiers {
  const { logger } = input;
  const discord = createDiscord(input);
  const all = createFanOutNotifier([createLogNotifier(logger), ...(discord === null ? [] : [discord])], (detail) => logger.log('warn', 'notify', detail));
  return { notify: (notification) => all.notify(notification), stop: async (withinMs) => discord?.stop(withinMs) };
}

function createDiscord({ webhook, botToken, settings, proxyUrl, badge, logger }: NotifiersInput): DiscordNotifier | null {
  const door = webhook !== null ? webhookDoor(webhook) : botToken !== null ? botDoor(botToken, settings().discordChannel) : null;
  if (door === null) return null;
  const agent = createProxyAgent(proxyUrl);
  if (door.ok && agent.ok)
    return createDiscordNotifier({ door: door.value, topics: () => settings().notifyDiscord, footer: badge, logger, agent: agent.value });
  logger.log('warn', 'discord', door.ok ? (agent.ok ? '' : agent.error) : door.error.uiMessage);
  return null;
}
