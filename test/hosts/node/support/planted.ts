// The secrets that are planted and hunted: one marked value for each, in the form its use wants, and the hosts they are used at.
import { SECRET_NAMES } from '../../../../src-shared/contract/parameters.ts';
import type { Mark } from './hunt.ts';

export const HOSTS = ['demo-fapi.binance.com', 'fstream.binancefuture.com', '*.binance.com', '*.binancefuture.com'];
export const PASSPHRASE = 'marked passphrase 7f3a91';

/** One marked value per secret, each in the form its use wants. */
export const PLANTED: Readonly<Record<(typeof SECRET_NAMES)[number], string>> = {
  BINANCE_API_KEY: 'MarkApiKeyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6',
  BINANCE_API_SECRET: 'MarkApiSecretZ9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2H1g0F9e8D7c6',
  BINANCE_TRADING_API_KEY: 'MarkTradingKeyQ1w2E3r4T5y6U7i8O9p0A1s2D3f4G5h6J7k8L9z0X1c2V3b4',
  BINANCE_TRADING_API_SECRET: 'MarkTradingSecretM9n8B7v6C5x4Z3l2K1j0H9g8F7d6S5a4P3o2I1u0Y9t8',
  DISCORD_WEBHOOK: 'https://discord.com/api/webhooks/99887766554433/MarkWebhookToken-abcDEF_ghiJKL',
  DISCORD_TOKEN: 'MarkDiscordBotToken.xYz123.QwErTyUiOp',
  PROXY_CREDENTIALS: 'markeduser:Mark/Proxy+Password 42',
};
export const MARKS: readonly Mark[] = [
  ...SECRET_NAMES.map((name) => ({ name, value: name === 'PROXY_CREDENTIALS' ? 'Mark/Proxy+Password 42' : PLANTED[name] })),
  { name: 'webhook token', value: 'MarkWebhookToken-abcDEF_ghiJKL' },
  { name: 'proxy user and password', value: PLANTED.PROXY_CREDENTIALS },
  { name: 'passphrase', value: PASSPHRASE },
];
