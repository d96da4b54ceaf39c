import { describeLiveContract } from './live_contract.ts';
import { canUseNamespaces } from './netns.ts';
import { capLoads } from '../source/cap/cap_loads.ts';

describeLiveContract('cap', canUseNamespaces && capLoads);
describeLiveContract('promiscuous', canUseNamespaces && capLoads);
