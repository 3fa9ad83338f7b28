// Entry of the screen: connects to the engine and mounts the terminal.
import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import 'dockview-react/dist/styles/dockview.css';
import './styles/base.css';
import './styles/dock.css';
import './styles/frame.css';
import './styles/markets.css';
import './styles/chart.css';
import './styles/tables.css';
import './styles/panels.css';
import './styles/ladder.css';
import './styles/dialogs.css';
import './styles/scan.css';
import './styles/chips.css';
import './styles/detail.css';
import './styles/review.css';
import { App } from './App.tsx';
import { startConnection } from './connect.ts';
import { FailureWall } from './ui/FailureWall.tsx';

const root = document.getElementById('root');
if (root !== null) {
  startConnection();
  createRoot(root).render(
    <StrictMode>
      <FailureWall>
        <App />
      </FailureWall>
    </StrictMode>,
  );
}
