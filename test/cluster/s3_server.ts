/** A server of the S3 protocol on the loopback, and the environment in which the SDK finds it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface S3rver {
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

interface Settings {
  readonly address: string;
  readonly port: number;
  readonly silent: boolean;
  readonly directory: string;
  readonly configureBuckets: readonly { readonly name: string }[];
}

// It has no types.
const Server = createRequire(import.meta.url)('s3rver') as new (settings: Settings) => S3rver;

export class S3Server {
  /** For the processes that use it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #server: S3rver;

  private constructor(folder: string, server: S3rver, port: number) {
    this.#folder = folder;
    this.#server = server;
    this.environment = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_REGION: 'us-east-1',
      NODE_NO_WARNINGS: '1',
    };
  }

  /** @param bucket name of a bucket that is there */
  static async start(bucket: string): Promise<S3Server> {
    const directory = mkdtempSync(join(tmpdir(), 'pcapflow-s3-'));
    const settings = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] };
    const server = new Server(settings);
    return new S3Server(directory, server, (await server.run()).port);
  }

  async stop(): Promise<void> {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
