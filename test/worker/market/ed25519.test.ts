// An Ed25519 key beside the secret: signs requests over REST, logs a WebSocket connection on, and off again.
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVenueProcess, temporaryFolder } from '../../support/terminal.ts';
import { KEY, openVenue, type Fixture, type Frame } from './support/venue.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();

function signed(parameters: Readonly<Record<string, string>>, key = privateKey): string {
  const query = new URLSearchParams({ ...parameters, timestamp: String(Date.now()) }).toString();
  return `${query}&signature=${encodeURIComponent(sign(null, Buffer.from(query), key).toString('base64'))}`;
}

const account = (base: string, query: string): Promise<Response> => fetch(`${base}/fapi/v3/balance?${query}`, { headers: { 'X-MBX-APIKEY': KEY } });

describe('an Ed25519 key', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openVenue({ credentials: { key: KEY, secret: 'paper-secret', ed25519PublicKey: PEM } });
  });
  afterAll(() => fixture.close());

  it('signs over REST, and so does the secret still; another key does not', async () => {
    expect((await account(fixture.base, signed({}))).status).toBe(200);
    expect((await fixture.signed('GET', '/fapi/v3/balance')).status).toBe(200);
    for (const query of [
      signed({}, other.privateKey),
      signed({ asset: 'USDT' }).replace('USDT', 'USDC'),
      'timestamp=1&signature=%00',
      `timestamp=${Date.now()}&signature=${'0'.repeat(64)}`,
    ])
      expect(await (await account(fixture.base, query)).json(), query).toMatchObject({ code: -1022 });
  });

  it('without one on the venue’s side such a signature is wrong', async () => {
    const plain = await openVenue({ symbols: 1 });
    expect(await (await account(plain.base, signed({}))).json()).toMatchObject({ code: -1022 });
    await plain.close();
  });

  it('logs a connection on, whose requests need no signature then, says so, and logs it off', async () => {
    const heard = await fixture.open('/ws-fapi/v1');
    let id = 0;
    const call = async (method: string, params?: Readonly<Record<string, string | number>>): Promise<Frame> => {
      const wanted = `call-${(id += 1)}`;
      heard.send({ id: wanted, method, ...(params === undefined ? {} : { params }) });
      return heard.find(method, (frame) => frame['id'] === wanted);
    };
    const logon = { apiKey: KEY, timestamp: Date.now() };
    const payload = `apiKey=${KEY}&timestamp=${logon.timestamp}`;
    expect(await call('session.logon', { ...logon, signature: sign(null, Buffer.from(payload), other.privateKey).toString('base64') })).toMatchObject({
      status: 401,
    });
    expect(await call('session.status')).toMatchObject({ result: { apiKey: null, authorizedSince: null } });
    expect(await call('v2/account.balance', { timestamp: Date.now() })).toMatchObject({ status: 401 });
    const on = await call('session.logon', { ...logon, signature: sign(null, Buffer.from(payload), privateKey).toString('base64') });
    expect(on).toMatchObject({ status: 200, result: { apiKey: KEY, authorizedSince: expect.any(Number) as number } });
    expect(await call('session.status')).toMatchObject({ result: { apiKey: KEY, connectedSince: expect.any(Number) as number } });
    expect(await call('v2/account.balance', { timestamp: Date.now() })).toMatchObject({ status: 200, result: [{ asset: 'USDT' }] });
    expect(await call('session.logout')).toMatchObject({ status: 200, result: { apiKey: null } });
    expect(await call('v2/account.balance', { timestamp: Date.now() })).toMatchObject({ status: 401 });
  });
});

it('`npm run venue -- --public-key FILE` takes one, and says when the file holds none', async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'public.pem');
  writeFileSync(file, PEM);
  const venue = await startVenueProcess(['--port', '0', '--symbols', '1', '--public-key', file]);
  expect((await account(venue.url, signed({}))).status).toBe(200);
  await venue.stop();
  writeFileSync(file, 'no key');
  await expect(startVenueProcess(['--port', '0', '--symbols', '1', '--public-key', file])).rejects.toThrow(/holds no Ed25519 public key/);
  await folder.remove();
});
