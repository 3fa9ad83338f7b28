// Which file starts this program again: an AppImage and a portable copy unpack themselves to a place that is gone once they have ended.

export interface ProgramFacts {
  readonly isPackaged: boolean;
  readonly environment: NodeJS.ProcessEnv;
  /** The running binary. */
  readonly execPath: string;
}

/** The file a person started, or the system must start: the AppImage or portable file itself, else the running binary. */
export function ownProgram({ isPackaged, environment, execPath }: ProgramFacts): string {
  // From sources the variable is somebody else's: an editor that is an AppImage hands its own to every terminal in it.
  if (!isPackaged) return execPath;
  return environment['APPIMAGE'] ?? environment['PORTABLE_EXECUTABLE_FILE'] ?? execPath;
}

/** A copy that runs without being installed (Windows): its updater would install another one beside it. */
export function isPortable({ isPackaged, environment }: ProgramFacts): boolean {
  return isPackaged && environment['PORTABLE_EXECUTABLE_FILE'] !== undefined;
}
