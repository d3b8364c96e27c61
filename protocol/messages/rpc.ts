/** Every RPC by Kafka's name: its key and the types of its request and response. */

import type { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from './add-offsets-to-txn.ts';
import type {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
} from './add-partitions-to-txn.ts';
import type {
  DescribeTransactionsRequest,
  DescribeTransactionsResponse,
} from './describe-transactions.ts';
import type { EndTxnRequest, EndTxnResponse } from './end-txn.ts';
import type { FetchRequest, FetchResponse } from './fetch.ts';
import type { FindCoordinatorRequest, FindCoordinatorResponse } from './find-coordinator.ts';
import type { HeartbeatRequest, HeartbeatResponse } from './heartbeat.ts';
import type { InitProducerIdRequest, InitProducerIdResponse } from './init-producer-id.ts';
import type { JoinGroupRequest, JoinGroupResponse } from './join-group.ts';
import type { LeaveGroupRequest, LeaveGroupResponse } from './leave-group.ts';
import type { ListOffsetsRequest, ListOffsetsResponse } from './list-offsets.ts';
import type { MetadataRequest, MetadataResponse } from './metadata.ts';
import type { OffsetCommitRequest, OffsetCommitResponse } from './offset-commit.ts';
import type { OffsetFetchRequest, OffsetFetchResponse } from './offset-fetch.ts';
import type { ProduceRequest, ProduceResponse } from './produce.ts';
import type { SyncGroupRequest, SyncGroupResponse } from './sync-group.ts';
import type { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from './txn-offset-commit.ts';
import type { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from './write-txn-markers.ts';

interface Rpc<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

export interface Rpcs {
  readonly Produce: Rpc<ProduceRequest, ProduceResponse>;
  readonly Fetch: Rpc<FetchRequest, FetchResponse>;
  readonly ListOffsets: Rpc<ListOffsetsRequest, ListOffsetsResponse>;
  readonly Metadata: Rpc<MetadataRequest, MetadataResponse>;
  readonly OffsetCommit: Rpc<OffsetCommitRequest, OffsetCommitResponse>;
  readonly OffsetFetch: Rpc<OffsetFetchRequest, OffsetFetchResponse>;
  readonly FindCoordinator: Rpc<FindCoordinatorRequest, FindCoordinatorResponse>;
  readonly JoinGroup: Rpc<JoinGroupRequest, JoinGroupResponse>;
  readonly Heartbeat: Rpc<HeartbeatRequest, HeartbeatResponse>;
  readonly LeaveGroup: Rpc<LeaveGroupRequest, LeaveGroupResponse>;
  readonly SyncGroup: Rpc<SyncGroupRequest, SyncGroupResponse>;
  readonly InitProducerId: Rpc<InitProducerIdRequest, InitProducerIdResponse>;
  readonly AddPartitionsToTxn: Rpc<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>;
  readonly AddOffsetsToTxn: Rpc<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>;
  readonly EndTxn: Rpc<EndTxnRequest, EndTxnResponse>;
  readonly WriteTxnMarkers: Rpc<WriteTxnMarkersRequest, WriteTxnMarkersResponse>;
  readonly TxnOffsetCommit: Rpc<TxnOffsetCommitRequest, TxnOffsetCommitResponse>;
  readonly DescribeTransactions: Rpc<DescribeTransactionsRequest, DescribeTransactionsResponse>;
}

export type ApiName = keyof Rpcs;

export const API_KEYS: Readonly<Record<ApiName, number>> = {
  Produce: 0,
  Fetch: 1,
  ListOffsets: 2,
  Metadata: 3,
  OffsetCommit: 8,
  OffsetFetch: 9,
  FindCoordinator: 10,
  JoinGroup: 11,
  Heartbeat: 12,
  LeaveGroup: 13,
  SyncGroup: 14,
  InitProducerId: 22,
  AddPartitionsToTxn: 24,
  AddOffsetsToTxn: 25,
  EndTxn: 26,
  WriteTxnMarkers: 27,
  TxnOffsetCommit: 28,
  DescribeTransactions: 65,
};

/** A request as it travels: which RPC, which version of it, what it says. */
export interface RequestOf<Api extends ApiName> {
  readonly api: Api;
  readonly apiVersion: number;
  readonly body: Rpcs[Api]['request'];
}

/** Any request, discriminated by `api`. */
export type Request = { readonly [Api in ApiName]: RequestOf<Api> }[ApiName];

export type ResponseOf<Api extends ApiName> = Rpcs[Api]['response'];
export type Response = Rpcs[ApiName]['response'];
