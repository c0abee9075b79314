// What a world needs as soon as somebody acts in it, but not to be opened: the tools of the shell and the curves. Importing
// this file installs them.

import '../crypto/curves.ts';
import '../host/access-services.ts';
import '../host/mail-client/engine.ts';
import '../host/mda/sieve-engine.ts';
import '../host/shell/tools.ts';
import '../host/reports/writer.ts';
