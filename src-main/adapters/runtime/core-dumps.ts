// Keeps the operating system from writing this process's memory to disk when it crashes: while keys are in use, the memory holds them.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** `unknown`: this system does not say, e.g. Windows, where only an administrator's setting (LocalDumps) writes dumps. */
export type CoreDumps = 'off' | 'on' | 'unknown';

/** Said where they cannot be switched off. */
export const CORE_DUMPS_ON =
  'This system would write a core dump, and with it your keys, if the terminal crashed. Start it from a shell after `ulimit -c 0`, or with LimitCORE=0 in its service.';

/**
 * Sets this process's limit for core dumps to 0, for its children too, where the system has a way that needs no native code
 * (`prlimit` of util-linux). systemd-coredump and apport obey the limit as well. Call it before the first secret is read.
 */
export function switchOffCoreDumps(): CoreDumps {
  if (process.platform !== 'linux') return process.platform === 'darwin' ? readShellLimit() : 'unknown';
  if (readLimit() === 'off') return 'off';
  spawnSync('prlimit', ['--pid', String(process.pid), '--core=0:0'], { stdio: 'ignore', timeout: 5000 });
  return readLimit();
}

/** The soft and the hard limit: a program that we start could raise the first up to the second. */
function readLimit(): CoreDumps {
  try {
    const limits = /^Max core file size\s+(\S+)\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return limits === null ? 'unknown' : limits[1] === '0' && limits[2] === '0' ? 'off' : 'on';
  } catch {
    return 'unknown';
  }
}

/** macOS: off unless somebody switched them on; a shell inherits our limit and can say it. */
function readShellLimit(): CoreDumps {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', 'ulimit -c'], { encoding: 'utf8', timeout: 5000 });
  return status === 0 ? (stdout.trim() === '0' ? 'off' : 'on') : 'unknown';
}
