/** The options of each command. Only the lists that a command needs are loaded with it. */
import { HELP_OPTION } from './help_option.ts';
import type { CommandName, Option } from './option.ts';

type Lists = readonly (readonly Option[])[];

/** In the order of help texts, which is that of the option table. */
const LISTS: Readonly<Record<CommandName, () => Promise<Lists>>> = {
  read: flowLists,
  live: async () => [...(await captureLists()), (await import('./web_options.ts')).WEB_OPTIONS],
  top: captureLists,
  replay: captureLists,
  query: async () => [...(await flowLists()), (await import('./query_options.ts')).QUERY_OPTIONS],
  web: async () => [(await import('./web_options.ts')).WEB_OPTIONS],
  filter: async () => [(await import('./host_commands.ts')).FILTER_OPTIONS],
  owner: ownerLists,
  sockets: async () => {
    const { LOOKUP_OPTIONS, SOCKETS_OPTIONS } = await import('./host_commands.ts');
    return [SOCKETS_OPTIONS, LOOKUP_OPTIONS, ...(await ownerLists())];
  },
  connections: async () => [(await import('./host_commands.ts')).CONNECTIONS_OPTIONS, ...(await ownerLists())],
  lookup: async () => [(await import('./host_commands.ts')).LOOKUP_OPTIONS],
  plan: async () => [...(await flowLists()), ...(await clusterLists())],
  shard: clusterLists,
  merge: clusterLists,
  generate: async () => [(await import('./generate_options.ts')).GENERATE_OPTIONS],
  cluster: async () => [...(await clusterLists()), (await import('./queue_options.ts')).QUEUE_OPTIONS],
  completion: async () => [],
};

async function ownerLists(): Promise<Lists> {
  return [(await import('./owner_options.ts')).OWNER_OPTIONS];
}

async function flowLists(): Promise<Lists> {
  const { FLOW_OPTIONS, OUTPUT_OPTIONS } = await import('./flow_options.ts');
  return [OUTPUT_OPTIONS, FLOW_OPTIONS, ...(await ownerLists())];
}

async function clusterLists(): Promise<Lists> {
  return [(await import('./cluster_options.ts')).CLUSTER_OPTIONS];
}

async function captureLists(): Promise<Lists> {
  const { LOOKUP_OPTIONS } = await import('./host_commands.ts');
  return [LOOKUP_OPTIONS, (await import('./capture_options.ts')).CAPTURE_OPTIONS, ...(await flowLists())];
}

/** Options of a command, in the order of its help. */
export async function commandOptions(command: CommandName): Promise<readonly Option[]> {
  const lists = [...(await LISTS[command]()), HELP_OPTION];
  return lists.flat().filter(({ where }) => where.includes(command));
}
