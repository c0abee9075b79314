// What the owner of a line does to what passes: a provider's router that keeps port 25 shut for its customers at home
// (RFC 5068 §3.1, MAAWG's advice), or a box on the way that takes STARTTLS out of what mail servers offer (RFC 3207 §6).
// The program only sets the host's own rules; `net` carries them out.

import type { FirewallRule } from '../net/topology.ts';
import type { Os, ProgramDefinition } from './program.ts';

export interface RouterConfig {
  /** Connections to port 25 that pass through here come to nothing. */
  readonly blockSmtp?: boolean;
  /** Takes STARTTLS out of the offers of mail servers. */
  readonly stripStarttls?: boolean;
}

export interface RouterState {
  readonly config: RouterConfig;
  /** The host's own rules, which the program leaves alone. */
  readonly rules: readonly FirewallRule[];
}

const SMTP_SHUT: FirewallRule = { chain: 'forward', protocol: 'tcp', port: 25, action: 'drop' };

function apply({ config, rules }: RouterState, os: Os): void {
  os.net.firewall = [...rules, ...(config.blockSmtp === true ? [SMTP_SHUT] : [])];
  os.net.meddling = config.stripStarttls === true ? { stripStarttls: true } : undefined;
}

export const router: ProgramDefinition<RouterConfig, RouterState> = {
  start(config, os) {
    const state: RouterState = { config, rules: os.net.firewall };
    apply(state, os);
    return state;
  },
  reconfigured: apply,
  handle: () => undefined,
};
