// Notifications as Discord embeds: lengths within Discord's limits, no mention that could ring a channel, secrets removed.
import type { Notification } from '../../core/ports.ts';
import { redact } from '../runtime/redact.ts';

/** A notification with the wall time (epoch milliseconds) at which it happened. */
export interface TimedNotification extends Notification {
  readonly time: number;
}

interface Embed {
  readonly title: string;
  readonly description: string;
  readonly color: number;
  readonly timestamp: string;
  readonly footer: { readonly text: string };
}

export interface DiscordMessage {
  readonly username: string;
  readonly embeds: readonly Embed[];
  /** Nothing in a text may mention anyone, whatever it says. */
  readonly allowed_mentions: { readonly parse: readonly string[] };
}

/** Discord's limits: 10 embeds a message, 256 characters a title, 4096 a description, 6000 in all embeds of a message. */
const [MOST_EMBEDS, LONGEST_TITLE, LONGEST_TEXT, LONGEST_MESSAGE] = [10, 256, 2000, 6000];
const COLOURS: Readonly<Record<Notification['topic'], number>> = { alarm: 0xe5484d, trade: 0x3e9b6c, info: 0x6e7681 };
const USERNAME = 'Perpetual Terminal';

/**
 * Takes as many from the front of the queue as fit into one message.
 * @param footer where they come from, e.g. `LIVE`
 */
export function buildMessage(queue: readonly TimedNotification[], footer: string): { readonly message: DiscordMessage; readonly taken: number } {
  const embeds: Embed[] = [];
  let size = 0;
  for (const { topic, title, text, time } of queue.slice(0, MOST_EMBEDS)) {
    const embed = {
      title: shorten(redact(title), LONGEST_TITLE),
      description: shorten(redact(text), LONGEST_TEXT),
      color: COLOURS[topic],
      timestamp: new Date(time).toISOString(),
      footer: { text: footer },
    };
    const length = embed.title.length + embed.description.length + footer.length;
    if (embeds.length > 0 && size + length > LONGEST_MESSAGE) break;
    size += length;
    embeds.push(embed);
  }
  return { message: { username: USERNAME, embeds, allowed_mentions: { parse: [] } }, taken: embeds.length };
}

function shorten(text: string, longest: number): string {
  const plain = text.trim() === '' ? '–' : text;
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 1)}…`;
}
