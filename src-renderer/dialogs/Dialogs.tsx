// Shows the dialog that is open, if any.
import { openDialog, useScreen } from '../state/store.ts';
import { AddDialog } from './AddDialog.tsx';
import { AllowDialog } from './AllowDialog.tsx';
import { CloseDialog } from './CloseDialog.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { ModeDialog } from './ModeDialog.tsx';
import { MoveEntryDialog } from './MoveEntryDialog.tsx';
import { OpenDialog } from './OpenDialog.tsx';
import { PaletteDialog } from './PaletteDialog.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { WidenDialog } from './WidenDialog.tsx';

const close = (): void => openDialog(null);

export function Dialogs(): React.JSX.Element | null {
  const dialog = useScreen((state) => state.dialog);
  switch (dialog?.kind) {
    case 'close':
      return <CloseDialog positionId={dialog.positionId} fraction={dialog.fraction} onClose={close} />;
    case 'add':
      return <AddDialog positionId={dialog.positionId} onClose={close} />;
    case 'widen':
      return <WidenDialog positionId={dialog.positionId} price={dialog.price} onClose={close} />;
    case 'move-entry':
      return <MoveEntryDialog clientOrderId={dialog.clientOrderId} onClose={close} />;
    case 'settings':
      return <SettingsDialog initialSearch={dialog.search ?? ''} onClose={close} />;
    case 'keys':
      return <KeysDialog onClose={close} />;
    case 'palette':
      return <PaletteDialog only={dialog.only ?? null} onClose={close} />;
    case 'mode':
      return <ModeDialog onClose={close} />;
    case 'open':
      return <OpenDialog command={dialog.command} onClose={close} />;
    case 'allow':
      return <AllowDialog onClose={close} />;
    case undefined:
      return null;
  }
}
