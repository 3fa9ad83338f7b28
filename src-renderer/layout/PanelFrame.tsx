// One panel in the dock: renders its content only while it can be seen, and keeps a failure of one panel inside it.
import { useEffect, useState } from 'react';
import type { DockviewPanelApi } from 'dockview-react';
import { FailureWall } from '../ui/FailureWall.tsx';
import type { PanelId } from './names.ts';
import { PANELS } from './panels.ts';

export function PanelFrame({ id, api }: { readonly id: PanelId; readonly api: DockviewPanelApi }): React.JSX.Element | null {
  const [isVisible, setVisible] = useState(api.isVisible);
  useEffect(() => {
    const subscription = api.onDidVisibilityChange((event) => setVisible(event.isVisible));
    setVisible(api.isVisible);
    return () => subscription.dispose();
  }, [api]);
  if (!isVisible) return null;
  const Content = PANELS[id];
  return (
    <FailureWall>
      <div className="panel" data-panel={id}>
        <Content />
      </div>
    </FailureWall>
  );
}
