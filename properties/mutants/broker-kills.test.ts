import { describeKills, HALVES } from './kills.fixture.ts';

describeKills(HALVES.brokers);
