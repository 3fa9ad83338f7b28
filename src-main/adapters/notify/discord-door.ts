// The two ways into a Discord channel: its webhook, or a bot's token with the channel's number. Each is checked before anything is sent.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Secret } from '../runtime/secret.ts';

export interface DiscordDoor {
  /** Name of the secret, for sentences. */
  readonly name: 'DISCORD_WEBHOOK' | 'DISCORD_TOKEN';
  /** Address to post to; made at the moment of sending, because a webhook's address is its secret. */
  readonly url: () => string;
  readonly headers: () => Readonly<Record<string, string>>;
}

type Door = Result<DiscordDoor, { readonly uiMessage: string }>;

const WEBHOOK = /^https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w-]+$/;
const TOKEN = /^[\w-]{10,}\.[\w-]{4,}\.[\w-]{10,}$/;
const CHANNEL = /^\d{15,22}$/;

/** A secret must not be posted to a stranger's address. */
export function webhookDoor(webhook: Secret): Door {
  if (!WEBHOOK.test(webhook.reveal()))
    return err({ uiMessage: 'DISCORD_WEBHOOK is not a webhook address of discord.com (https://discord.com/api/webhooks/NUMBER/TOKEN). Discord stays off.' });
  return ok({ name: 'DISCORD_WEBHOOK', url: () => `${webhook.reveal()}?wait=false`, headers: () => ({}) });
}

/** Source: Discord API v10, create message. The bot needs the right to send messages in the channel, and nothing else. */
export function botDoor(token: Secret, channel: string): Door {
  if (!TOKEN.test(token.reveal())) return err({ uiMessage: 'DISCORD_TOKEN is not the token of a bot (three parts with dots between). Discord stays off.' });
  if (!CHANNEL.test(channel))
    return err({ uiMessage: 'DISCORD_TOKEN needs the number of a channel in the setting DISCORD_CHANNEL (copied with "Copy Channel ID"). Discord stays off.' });
  return ok({
    name: 'DISCORD_TOKEN',
    url: () => `https://discord.com/api/v10/channels/${channel}/messages`,
    headers: () => ({ Authorization: `Bot ${token.reveal()}`, 'User-Agent': 'DiscordBot (perpetual-terminal, 0.1)' }),
  });
}
