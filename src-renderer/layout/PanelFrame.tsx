// One panel in the dock: renders its content only while it can be seen, and keeps a failure of one panel inside it.
import { Component, useEffect, useState, type ReactNode } from 'react';
import type { DockviewPanelApi } from 'dockview-react';
import { useText } from '../i18n/translate.ts';
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

class FailureWall extends Component<{ readonly children: ReactNode }, { readonly failure: string | null }> {
  override state: { readonly failure: string | null } = { failure: null };

  static getDerivedStateFromError(failure: unknown): { readonly failure: string } {
    return { failure: failure instanceof Error ? failure.message : String(failure) };
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return <Failure detail={this.state.failure} onRetry={() => this.setState({ failure: null })} />;
  }
}

function Failure({ detail, onRetry }: { readonly detail: string; readonly onRetry: () => void }): React.JSX.Element {
  const t = useText();
  return (
    <div className="empty" role="alert">
      <p>{t('panel.failed')}</p>
      <p className="muted small-text">{detail}</p>
      <button type="button" onClick={onRetry}>
        {t('panel.retry')}
      </button>
    </div>
  );
}
