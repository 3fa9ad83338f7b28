// The terminal's own flags out of what the process was started with: switches of Chromium, Electron and the systems' launchers are not ours.

/** Switches that wrappers and users pass to any Electron app (AppImage, Wayland, macOS Finder); with their values where those follow an equals sign. */
const FOREIGN = [
  /^-psn_/,
  /^--(no-sandbox|disable-gpu|in-process-gpu|disable-software-rasterizer|disable-dev-shm-usage|force-device-scale-factor|high-dpi-support)(=|$)/,
  /^--(ozone-platform|ozone-platform-hint|enable-features|disable-features|enable-wayland-ime|password-store|gtk-version|lang)(=|$)/,
  /^--(remote-debugging-port|remote-debugging-pipe|inspect|inspect-brk|user-data-dir|original-process-start-time|allow-file-access-from-files)(=|$)/,
];

/** @param argv the whole of `process.argv` */
export function ownArguments(argv: readonly string[], isPackaged: boolean): readonly string[] {
  return argv.slice(isPackaged ? 1 : 2).filter((argument) => !FOREIGN.some((pattern) => pattern.test(argument)));
}
