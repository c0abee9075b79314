// Loaded before every test: the pieces of the engine that a page loads after its first prompt.

import '../../crypto/curves.ts';
import '../access-services.ts';
import '../mail-client/engine.ts';
import '../mda/sieve-engine.ts';
import '../shell/tools.ts';
import '../reports/writer.ts';
