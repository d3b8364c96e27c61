/** The improvement proposals that clauses come from. Titles and addresses are those of Kafka's wiki. */

const WIKI = 'https://cwiki.apache.org/confluence/display/KAFKA';

export const KIPS = {
  'KIP-98': {
    title: 'Exactly Once Delivery and Transactional Messaging',
    link: `${WIKI}/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging`,
  },
  'KIP-360': {
    title: 'Improve reliability of idempotent/transactional producer',
    link: `${WIKI}/KIP-360%3A+Improve+reliability+of+idempotent%2Ftransactional+producer`,
  },
  'KIP-447': {
    title: 'Producer scalability for exactly once semantics',
    link: `${WIKI}/KIP-447%3A+Producer+scalability+for+exactly+once+semantics`,
  },
  'KIP-588': {
    title: 'Allow producers to recover gracefully from transaction timeouts',
    link: `${WIKI}/KIP-588%3A+Allow+producers+to+recover+gracefully+from+transaction+timeouts`,
  },
  'KIP-890': {
    title: 'Transactions Server-Side Defense',
    link: `${WIKI}/KIP-890%3A+Transactions+Server-Side+Defense`,
  },
  'KIP-939': {
    title: 'Support Participation in 2PC',
    link: `${WIKI}/KIP-939%3A+Support+Participation+in+2PC`,
  },
  'KIP-1228': {
    title: 'Add Transaction Version to WriteTxnMarkersRequest',
    link: `${WIKI}/KIP-1228%3A+Add+Transaction+Version+to+WriteTxnMarkersRequest`,
  },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly link: string }>>;
export type KipId = keyof typeof KIPS;
