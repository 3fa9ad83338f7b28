// Entry of the screen: connects to the engine and mounts the terminal.
import './no-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import './styles.css';
import { App } from './App.tsx';
import { startConnection } from './connect.ts';

const root = document.getElementById('root');
if (root !== null) {
  startConnection();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
