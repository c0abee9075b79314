// The closed list of programs that can run on a host, with their configurations. A new program is one line here.

import { gateway, type GatewayConfig } from './gateway.ts';
import { libresolv, type LibresolvConfig } from './libresolv.ts';
import { mailingList, type MailingListConfig } from './list/mailing-list.ts';
import type { MdaConfig } from './mda/config.ts';
import { mda } from './mda/mda.ts';
import { mailClient, type MailClientConfig } from './mail-client/mail-client.ts';
import { mta, type MtaConfig } from './mta/mta.ts';
import { nameServer, type NameServerConfig } from './name-server.ts';
import type { ProgramDefinition } from './program.ts';
import { reporter, type ReporterConfig } from './reporter.ts';
import { resolver, type ResolverConfig } from './resolver.ts';
import { router, type RouterConfig } from './router.ts';
import { sender, type SenderConfig } from './sender.ts';
import { shell, type ShellConfig } from './shell/shell.ts';
import { webServer, type WebServerConfig } from './web-server.ts';

export interface ProgramConfigs {
  readonly libresolv: LibresolvConfig;
  readonly nameServer: NameServerConfig;
  readonly resolver: ResolverConfig;
  readonly mta: MtaConfig;
  readonly mda: MdaConfig;
  readonly reporter: ReporterConfig;
  readonly mailingList: MailingListConfig;
  readonly sender: SenderConfig;
  readonly mailClient: MailClientConfig;
  readonly shell: ShellConfig;
  readonly gateway: GatewayConfig;
  readonly webServer: WebServerConfig;
  readonly router: RouterConfig;
}

export type ProgramKind = keyof ProgramConfigs;
export type ProgramConfig = ProgramConfigs[ProgramKind];

const definitions: { readonly [Kind in ProgramKind]: ProgramDefinition<ProgramConfigs[Kind], unknown> } = {
  libresolv,
  nameServer,
  resolver,
  mta,
  mda,
  reporter,
  mailingList,
  sender,
  mailClient,
  shell,
  gateway,
  webServer,
  router,
};

/** The definition of a program; its state and configuration are its own business. */
export function definitionOf(kind: ProgramKind): ProgramDefinition<ProgramConfig, unknown> {
  return definitions[kind] as unknown as ProgramDefinition<ProgramConfig, unknown>;
}
