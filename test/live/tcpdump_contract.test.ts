import { describeLiveContract } from './live_contract.ts';
import { canUseTcpdump } from './netns.ts';

describeLiveContract('tcpdump', canUseTcpdump);
