/** Which decisions and handlers the components of a simulated cluster use: the reference's own, or some replaced. */

import { APPLICATION_DECISIONS, type ApplicationDecisions } from '../application/decisions.ts';
import { BROKER_DECISIONS, type BrokerDecisions } from '../broker/decisions.ts';
import { CONSUMER_DECISIONS, type ConsumerDecisions } from '../consumer/decisions.ts';
import {
  GROUP_MEMBER_DECISIONS,
  type GroupMemberDecisions,
} from '../consumer/group-member-decisions.ts';
import {
  DECISIONS as GROUP_DECISIONS,
  type GroupDecisions,
} from '../group-coordinator/decisions.ts';
import { HANDLERS as GROUP_HANDLERS, type GroupHandlers } from '../group-coordinator/handlers.ts';
import {
  DECISIONS as LEADER_DECISIONS,
  type LeaderDecisions,
} from '../partition-leader/decisions.ts';
import { HANDLERS as LEADER_HANDLERS, type LeaderHandlers } from '../partition-leader/handlers.ts';
import { DECISIONS as PRODUCER_DECISIONS, type ProducerDecisions } from '../producer/decisions.ts';
import { HANDLERS as PRODUCER_HANDLERS, type ProducerHandlers } from '../producer/handlers.ts';
import {
  DECISIONS as COORDINATOR_DECISIONS,
  type CoordinatorDecisions,
} from '../transaction-coordinator/decisions.ts';
import {
  HANDLERS as COORDINATOR_HANDLERS,
  type CoordinatorHandlers,
} from '../transaction-coordinator/handlers.ts';

interface Override<Decisions, Handlers = never> {
  readonly decisions?: Partial<Decisions>;
  readonly handlers?: Partial<Handlers>;
}

/** By component; what is absent is the reference's own. */
export interface Overrides {
  readonly transactionCoordinator?: Override<CoordinatorDecisions, CoordinatorHandlers>;
  readonly groupCoordinator?: Override<GroupDecisions, GroupHandlers>;
  readonly partitionLeader?: Override<LeaderDecisions, LeaderHandlers>;
  readonly broker?: Override<BrokerDecisions>;
  readonly producer?: Override<ProducerDecisions, ProducerHandlers>;
  readonly consumer?: Override<ConsumerDecisions>;
  readonly groupMember?: Override<GroupMemberDecisions>;
  readonly application?: Override<ApplicationDecisions>;
}

/** Complete records, as the components take them. */
export interface Components {
  readonly transactionCoordinator: {
    readonly decisions: CoordinatorDecisions;
    readonly handlers: CoordinatorHandlers;
  };
  readonly groupCoordinator: {
    readonly decisions: GroupDecisions;
    readonly handlers: GroupHandlers;
  };
  readonly partitionLeader: {
    readonly decisions: LeaderDecisions;
    readonly handlers: LeaderHandlers;
  };
  readonly broker: { readonly decisions: BrokerDecisions };
  readonly producer: { readonly decisions: ProducerDecisions; readonly handlers: ProducerHandlers };
  readonly consumer: { readonly decisions: ConsumerDecisions };
  readonly groupMember: { readonly decisions: GroupMemberDecisions };
  readonly application: { readonly decisions: ApplicationDecisions };
}

export function componentsWith(overrides: Overrides): Components {
  const { transactionCoordinator, groupCoordinator, partitionLeader, broker } = overrides;
  const { producer, consumer, groupMember, application } = overrides;
  return {
    transactionCoordinator: {
      decisions: { ...COORDINATOR_DECISIONS, ...transactionCoordinator?.decisions },
      handlers: { ...COORDINATOR_HANDLERS, ...transactionCoordinator?.handlers },
    },
    groupCoordinator: {
      decisions: { ...GROUP_DECISIONS, ...groupCoordinator?.decisions },
      handlers: { ...GROUP_HANDLERS, ...groupCoordinator?.handlers },
    },
    partitionLeader: {
      decisions: { ...LEADER_DECISIONS, ...partitionLeader?.decisions },
      handlers: { ...LEADER_HANDLERS, ...partitionLeader?.handlers },
    },
    broker: { decisions: { ...BROKER_DECISIONS, ...broker?.decisions } },
    producer: {
      decisions: { ...PRODUCER_DECISIONS, ...producer?.decisions },
      handlers: { ...PRODUCER_HANDLERS, ...producer?.handlers },
    },
    consumer: { decisions: { ...CONSUMER_DECISIONS, ...consumer?.decisions } },
    groupMember: { decisions: { ...GROUP_MEMBER_DECISIONS, ...groupMember?.decisions } },
    application: { decisions: { ...APPLICATION_DECISIONS, ...application?.decisions } },
  };
}
