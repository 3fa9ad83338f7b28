// Our one page: its private address, the files behind it, and what no page may ever do.
import { readFile } from 'node:fs/promises';
import { CONTENT_SECURITY_POLICY, contentTypeOf, findPageFile } from '../page-policy.ts';

export const PAGE_SCHEME = 'terminal';
const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;
export const PAGE_URL = `${PAGE_ORIGIN}/`;

/** True for addresses of our own page and for nothing that merely begins like one. */
export function isOwnPage(url: string): boolean {
  return url.startsWith(PAGE_URL);
}

/** Answers requests of the private scheme from the built renderer. */
export async function answerPageRequest(root: string, request: { readonly url: string; readonly method: string }): Promise<Response> {
  const headers = { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'X-Content-Type-Options': 'nosniff' };
  const file = isOwnPage(request.url) && request.method === 'GET' ? findPageFile(root, new URL(request.url).pathname) : null;
  if (file === null) return new Response('There is no such file.', { status: 404, headers });
  try {
    return new Response(new Uint8Array(await readFile(file)), { headers: { ...headers, 'Content-Type': contentTypeOf(file) } });
  } catch {
    return new Response('There is no such file.', { status: 404, headers });
  }
}

/** The used part of Electron's `Session`. */
export interface ConfinedSession {
  setPermissionRequestHandler(handler: (contents: unknown, permission: string, answer: (isGranted: boolean) => void) => void): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  on(event: 'will-download', listener: (event: { preventDefault(): void }, item: { getURL(): string }) => void): unknown;
  readonly webRequest: {
    onBeforeRequest(listener: (details: { readonly url: string }, answer: (response: { readonly cancel: boolean }) => void) => void): void;
  };
}

/** The few calls of Electron's `WebContents` that confine a page. */
export interface ConfinedContents {
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
  setWebRTCIPHandlingPolicy(policy: 'disable_non_proxied_udp'): void;
  on(event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect', listener: (event: { readonly url: string; preventDefault(): void }) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: { preventDefault(): void }) => void): unknown;
  readonly session: ConfinedSession;
}

const confinedSessions = new WeakSet<ConfinedSession>();

/** No other page, no second window, no embedded page, no permission, no network. */
export function confine(contents: ConfinedContents, isPackaged: boolean): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  // Calls between browsers pass by the content security policy and by `webRequest`; without a way out for UDP they find no address.
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
    contents.on(event, (navigation) => {
      if (!isOwnPage(navigation.url)) navigation.preventDefault();
    });
  }
  contents.on('will-attach-webview', (event) => event.preventDefault());
  if (confinedSessions.has(contents.session)) return;
  confinedSessions.add(contents.session);
  confineSession(contents.session, isPackaged);
}

function confineSession(session: ConfinedSession, isPackaged: boolean): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Exports are files the page made itself; anything else that wants to be a download is not ours.
  session.on('will-download', (event, item) => {
    if (!isMadeByOwnPage(item.getURL())) event.preventDefault();
  });
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const isDeveloperTools = !isPackaged && url.startsWith('devtools://');
    answer({ cancel: !(isOwnPage(url) || isMadeByOwnPage(url) || url.startsWith('data:') || isDeveloperTools) });
  });
}

function isMadeByOwnPage(url: string): boolean {
  return url.startsWith(`blob:${PAGE_URL}`);
}
