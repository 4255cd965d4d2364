// Builds the console's stylesheet: Tailwind and Basecoat's components, seen through our own theme.
//
//	node tools/styles.mjs            writes server/console/static/app.css
//	node tools/styles.mjs OTHER.css  writes there instead (the check of generated files does)
//
// It calls Tailwind's compiler itself instead of Tailwind's command line, for two reasons. The command line's scanner
// refuses the Node of Debian 12 (18). And it reads templates as plain text, so that a sentence with the word
// "hidden" changes the stylesheet; here only what stands in a class attribute counts.

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Features, transform } from "lightningcss";
import { compile } from "tailwindcss";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "tools", "node_modules");
const consoleDir = join(root, "server", "console");
const input = join(consoleDir, "assets", "app.css");
const output = process.argv[2] ? resolve(process.argv[2]) : join(consoleDir, "static", "app.css");

// A first visit to the console may weigh 100 kB in all; the stylesheet gets a quarter of it.
const maxGzipped = 25_000;

// Sources seen on the way, to learn which class names they define.
const sources = [];

async function loadStylesheet(id, base) {
  const path = id.startsWith(".") ? resolve(base, id) : join(modules, id);
  const content = await readFile(path, "utf8");
  sources.push(content);
  return { path, base: dirname(path), content };
}

async function templates(dir) {
  const found = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) found.push(...(await templates(path)));
    else if (entry.name.endsWith(".templ")) found.push(path);
  }
  return found.sort();
}

// Words in class="…" and in the string literals of class={ … }.
function classesIn(template) {
  const words = new Set();
  const add = (text) => text.split(/\s+/).filter(Boolean).forEach((word) => words.add(word));
  for (const [, text] of template.matchAll(/\bclass="([^"]*)"/g)) add(text);
  for (const [, code] of template.matchAll(/\bclass=\{([^}]*)\}/g)) {
    for (const [, text] of code.matchAll(/["`]([^"`]*)["`]/g)) add(text);
  }
  return words;
}

const css = await readFile(input, "utf8");
sources.push(css);
const compiler = await compile(css, { base: dirname(input), from: input, loadStylesheet });

const wanted = new Set();
for (const path of await templates(consoleDir)) {
  for (const word of classesIn(await readFile(path, "utf8"))) wanted.add(word);
}

// A name that a component defines is never also a Tailwind utility: `.table` must not become display: table
// again where it is laid out as cards.
const components = new Set();
for (const source of sources) {
  for (const [, name] of source.matchAll(/\.([a-z][a-z0-9-]*)(?=[\s,:.>[){])/g)) components.add(name);
}
const utilities = [...wanted].filter((word) => !components.has(word)).sort();

const built = compiler.build(utilities);
for (const word of utilities) {
  if (!built.includes(`.${word.replace(/[^\w-]/g, "\\$&")}`)) console.error(`styles: nothing defines the class ${word}`);
}

const { code } = transform({
  filename: "app.css",
  code: Buffer.from(built),
  minify: true,
  // Nesting is flattened for browsers of 2023; the rest of what we use they know.
  include: Features.Nesting | Features.MediaQueries,
  exclude: Features.LogicalProperties | Features.DirSelector | Features.LightDark,
  targets: { safari: (16 << 16) | (4 << 8), ios_saf: (16 << 16) | (4 << 8), firefox: 128 << 16, chrome: 111 << 16 },
});

// The console's policy is img-src 'self': a data: image would silently be missing.
if (/url\(\s*["']?data:/.test(code.toString())) {
  console.error("styles: a data: URI is in the output; the console's content policy blocks it");
  process.exit(1);
}
const gzipped = gzipSync(code, { level: 9 }).length;
if (gzipped > maxGzipped) {
  console.error(`styles: ${gzipped} bytes gzipped, at most ${maxGzipped} are allowed`);
  process.exit(1);
}

await mkdir(dirname(output), { recursive: true });
await writeFile(output, `${code}\n`);
console.log(`${relative(root, output)}: ${code.length} bytes, ${gzipped} gzipped, ${utilities.length} utilities`);
