// The mail transfer agent as one program of a host. smtpd takes messages in, cleanup completes and judges them, qmgr
// keeps them, smtp and lmtp hand them on, bounce reports failures; they share one state, as Postfix's daemons share the
// queue directory.

import type { Input, Os, ProgramDefinition } from '../program.ts';
import { policyDesk } from '../policy.ts';
import type { MtaConfig } from './config.ts';
import { deliverySecured, deliveryTlsFailed } from './delivery-tls.ts';
import { deliveryInput, deliveryWake } from './delivery.ts';
import { jobAnswer } from './jobs.ts';
import { administer } from './administer.ts';
import { attempt, scan } from './qmgr.ts';
import { smtpdAccept, smtpdInput, smtpdSecured, smtpdTlsFailed, smtpdWake } from './smtpd.ts';
import { stsInput, stsWake } from './sts.ts';
import { smtpdPorts } from './submission.ts';
import type { MtaState } from './state.ts';

export type { MtaConfig } from './config.ts';
export type { MtaState } from './state.ts';

export const mta: ProgramDefinition<MtaConfig, MtaState> = {
  start(config: MtaConfig, os: Os): MtaState {
    for (const port of smtpdPorts(config)) os.listen(port);
    return {
      config,
      startedAt: os.now,
      clients: new Map(),
      queue: new Map(),
      usedIds: new Set(),
      deliveries: new Map(),
      nextDelivery: 1,
      desk: policyDesk(),
      greylist: { triplets: new Map(), clients: new Map() },
      seen: new Map(),
      sts: new Map(),
      stsFetches: new Map(),
    };
  },

  handle(state: MtaState, input: Input, os: Os): void {
    switch (input.type) {
      case 'accepted':
        return smtpdAccept(state, input, os);
      case 'connected':
      case 'connectFailed':
        if (!stsInput(state, input, os)) deliveryInput(state, input, os);
        return;
      case 'data':
      case 'ended':
      case 'reset':
        if (!smtpdInput(state, input, os) && !stsInput(state, input, os)) deliveryInput(state, input, os);
        return;
      case 'secured':
        if (stsInput(state, input, os) || deliverySecured(state, input, os)) return;
        return smtpdSecured(state, input.socket, input.session, os);
      case 'tlsFailed':
        if (stsInput(state, input, os) || deliveryTlsFailed(state, input, os)) return;
        return smtpdTlsFailed(state, input.socket, input.failure, os);
      case 'timer': {
        if (input.key === 'scan') return scan(state, os);
        const [kind, number] = input.key.split(':');
        if (kind === 'smtpd') return smtpdWake(state, Number(number), os);
        if (kind === 'sts') return stsWake(state, Number(number), os);
        if (kind === 'delivery') return deliveryWake(state, Number(number), os);
        return;
      }
      case 'call':
        if (input.call.type === 'lookedUp') jobAnswer(state, input.call.token, input.call.answer, os);
        if (input.call.type === 'flush') scan(state, os, true);
        if (input.call.type === 'attempt') attempt(state, input.call.queueId, os);
        if (input.call.type === 'administer') administer(state, input.call.queueId, input.call.act, os);
        return;
      case 'ticket':
      case 'datagram':
      case 'icmp':
        return;
    }
  },
};
