/**
 * Bundles the page and its worker into dist/web, which any web server can serve as it is. The two are built apart: what
 * the worker needs would otherwise be loaded by the page as well.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const OUT = 'dist/web';

/** Files that are not bundled. */
const copied = {
  name: 'copied files',
  buildStart() {
    mkdirSync(OUT, { recursive: true });
    for (const name of ['index.html', 'style.css']) copyFileSync(`web/${name}`, `${OUT}/${name}`);
    copyFileSync('dist/engine.wasm', `${OUT}/engine.wasm`);
  },
};

/** What captures are decompressed with in a browser. */
const ZLIB = fileURLToPath(new URL('web/worker/inflate.ts', import.meta.url));

const common = {
  resolve: { alias: { 'node:zlib': ZLIB } },
  platform: 'browser',
  logLevel: 'warn',
  // Modules only define things, so what is not used need not be loaded.
  treeshake: { moduleSideEffects: false },
  output: { dir: OUT, format: 'es', minify: true, entryFileNames: '[name].js', chunkFileNames: '[name].js' },
};

export default defineConfig([
  { ...common, input: { page: 'web/page/main.ts' }, plugins: [copied] },
  { ...common, input: { worker: 'web/worker/worker.ts' } },
]);
