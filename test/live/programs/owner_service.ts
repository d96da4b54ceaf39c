/** The owner service at its best, in a namespace; reports its port. */
import { correct, startService } from '../../owner/service.ts';

const { port } = await startService(correct);
process.stdout.write(`${JSON.stringify({ port })}\n`);
