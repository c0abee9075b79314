// Where the page starts: words and theme first, so that nothing flashes, then the app.

import { mount } from 'svelte';
import App from './App.svelte';
import { settings } from './state/settings.svelte.ts';
import './style/tokens.css';
import './style/base.css';

await settings.start();
const target = document.getElementById('app');
if (!target) throw new Error('index.html has lost its #app');
target.replaceChildren();
mount(App, { target });
