/**
 * Bundles the page and its worker into dist/web, which any web server can serve as it is. The two are built apart: what
 * the worker needs would otherwise be loaded by the page as well.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';

const OUT = 'dist/web';

/** A style sheet without comments, and without the space that only people need. */
function withoutSpace(css) {
  return css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};]) ?/g, '$1')
    .replaceAll(';}', '}');
}

/** Files that are not bundled. */
const copied = {
  name: 'copied files',
  buildStart() {
    mkdirSync(OUT, { recursive: true });
    copyFileSync('web/index.html', `${OUT}/index.html`);
    for (const name of ['style.css', 'details.css']) {
      writeFileSync(`${OUT}/${name}`, withoutSpace(readFileSync(`web/${name}`, 'utf8')));
    }
    for (const name of ['engine', 'writer']) copyFileSync(`dist/${name}.page.wasm`, `${OUT}/${name}.wasm`);
  },
};

/** Licences of the packages that are bundled, by name. */
const licences = new Map();

/** What the licences of other people's packages want to be told. */
const notices = {
  name: 'notices',
  generateBundle(_options, bundle) {
    for (const { modules = {} } of Object.values(bundle))
      for (const [id, { renderedLength }] of Object.entries(modules)) if (renderedLength > 0) addLicence(id);
    const all = [...licences].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, text]) => text);
    const head = 'Scripts in this folder contain parts of these packages.\n';
    writeFileSync(`${OUT}/NOTICES.txt`, [head, ...all].join('\n'));
  },
};

/** @param id path of a module */
function addLicence(id) {
  const [folder, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? [];
  if (folder === undefined || licences.has(name)) return;
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} is bundled, but has no file with its licence`);
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  licences.set(name, `${name} ${version} (${license})\n\n${text.trim()}\n`);
}

/** Members of options and groups that only parsers of command lines, checks, help and documents read. */
const NOT_READ = new Set(
  (
    'above argument commandUnit dashed digits doc docAt flag help helpAt immediate nullable orWord parts perOutput ' +
    'powerOfTwo range requires separator short sized typescript without'
  ).split(' '),
);

/** The worker knows options by their defaults and what the engine calls them. */
const shortOptions = {
  name: 'short options',
  transform: {
    filter: { id: /\/src\/(options\/\w+_options|flow\/groups)\.ts$/ },
    handler(code) {
      const cuts = [];
      const visit = (node) => {
        if (node === null || typeof node !== 'object') return;
        if (node.type === 'Property' && NOT_READ.has(node.key.name)) cuts.push([node.start, node.end]);
        else for (const child of Object.values(node)) visit(child);
      };
      visit(parseAst(code, { lang: 'ts' }));
      return cuts.reduceRight((text, [from, to]) => text.slice(0, from) + text.slice(to).replace(/^\s*,/, ''), code);
    },
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
  // Constants of the layout would otherwise be imported by all chunks from one of their own.
  optimization: { inlineConst: true },
  output: { dir: OUT, format: 'es', minify: true, entryFileNames: '[name].js', chunkFileNames: '[name].js' },
};

export default defineConfig([
  { ...common, input: { page: 'web/page/main.ts' }, plugins: [copied, notices] },
  { ...common, input: { worker: 'web/worker/worker.ts' }, plugins: [shortOptions, notices] },
]);
