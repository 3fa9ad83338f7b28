// Keeps a failure of one part of the screen inside that part, says what still works and offers to draw it again.
import { Component, type ReactNode } from 'react';
import { useText } from '../i18n/translate.ts';

export class FailureWall extends Component<{ readonly children: ReactNode }, { readonly failure: string | null }> {
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
