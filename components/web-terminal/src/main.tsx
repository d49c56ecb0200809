/** Starts the console: words first, so that the first page is drawn in the user's language. */
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { startI18n } from './app/i18n.ts';
import './app/page.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html holds no element #root');
await startI18n();
createRoot(root).render(<App />);
