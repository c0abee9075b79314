// The curves, by noble. Importing this file installs them; it is the only one that names the package, since it is a
// large part of what a page would otherwise load before its first prompt.

import { ed25519 } from '@noble/curves/ed25519.js';
import { installEd25519 } from './ed25519.ts';

installEd25519(ed25519);
