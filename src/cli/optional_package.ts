/** Packages that only some formats and commands need: they are not installed with pcapflow. */

/** The versions that were tested. */
export const OPTIONAL_PACKAGES = {
  'apache-arrow': '21.2.0',
  '@bokuweb/zstd-wasm': '0.0.27',
  '@duckdb/node-api': '1.5.6-r.1',
  kafkajs: '2.2.4',
  'prom-client': '15.1.3',
  bullmq: '6.7.0',
  ioredis: '6.0.0',
  '@aws-sdk/client-s3': '3.1175.0',
} as const;
type OptionalPackage = keyof typeof OPTIONAL_PACKAGES;

const NOT_FOUND: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * @param what needs them
 * @param load imports a module that needs the packages
 * @throws {RangeError} with the line that installs them, when one is missing
 */
export async function withPackages<T>(
  what: string,
  packages: readonly OptionalPackage[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    const isMissing = NOT_FOUND.has(code) && packages.some((name) => String(message).includes(name));
    if (!isMissing) throw error;
    const names = packages.map((name) => `${name}@${OPTIONAL_PACKAGES[name]}`).join(' ');
    throw new RangeError(`${what} needs packages that are not installed; run: npm install ${names}`, {
      cause: error,
    });
  }
}
