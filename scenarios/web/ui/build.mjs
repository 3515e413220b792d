// Bundles each page's script and style: `node build.mjs FOLDER` writes run.js, matrix.js, ... and page.css there. Not minified, so that
// a change of what is checked in can be read.
import { build } from 'esbuild';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const into = process.argv[2];
if (!into) throw new Error('build.mjs: name the folder to build into');
// A file src/page_NAME.ts is the page NAME.
const pages = readdirSync(join(here, 'src')).filter((name) => /^page_\w+\.ts$/.test(name)).sort();
await build({
  absWorkingDir: here,
  entryPoints: [...pages.map((name) => ({ in: join('src', name), out: name.slice(5, -3) })), { in: 'src/page.css', out: 'page' }],
  outdir: into,
  bundle: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
});
