// Reads the address other machines see us under, over a connection of its own by the same way as everything else.
import { request as requestHttp, type Agent } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { redact } from '../runtime/redact.ts';
import { isCredentialRefusal, PROXY_CREDENTIALS } from './proxy-failures.ts';

export interface ExitAddressRequest {
  /** A page that answers with the caller's address: alone, in JSON or in lines of `name=value`. */
  readonly url: string;
  readonly agent: Agent | null;
  readonly timeoutMs: number;
}

const LONGEST_ANSWER = 4096;

/** The address, or why it could not be read in half a sentence. */
export function readExitAddress({ url, agent, timeoutMs }: ExitAddressRequest): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const finish = (outcome: Result<string, string>): void => {
      clearTimeout(deadline);
      outgoing?.destroy();
      resolve(outcome);
    };
    const deadline = setTimeout(() => finish(err('no answer in time')), timeoutMs);
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    let outgoing: ReturnType<typeof requestHttp> | undefined;
    try {
      // `agent: false` is a new connection past the shared pool; a proxy agent opens one for each request.
      outgoing = send(url, { agent: agent ?? false, headers: { accept: 'text/plain', connection: 'close' } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > LONGEST_ANSWER) finish(err('the answer is not an address'));
        });
        answer.on('end', () => {
          const address = addressIn(text);
          if (answer.statusCode !== 200) finish(err(`refused with ${answer.statusCode ?? 0}`));
          else finish(address === null ? err('the answer is not an address') : ok(address));
        });
      });
      outgoing.on('error', (failure) => finish(err(isCredentialRefusal(failure.message) ? PROXY_CREDENTIALS : redact(failure.message))));
      outgoing.end();
    } catch (failure) {
      finish(err(failure instanceof Error ? redact(failure.message) : String(failure)));
    }
  });
}

/** The first IPv4 or IPv6 address in the text. */
function addressIn(text: string): string | null {
  return text.split(/[\s",={}[\]]+/).find((word) => isIP(word) !== 0) ?? null;
}
