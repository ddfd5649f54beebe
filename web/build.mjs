// Bundle the pages of web/src into kg/serve/static: hashed names, manifest.json, licences of the libraries.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const target = join(web, "..", "kg", "serve", "static");
const fresh = `${target}.new`;
const PAGES = ["shell", "home", "term", "query", "situation", "evidence"];

await rm(fresh, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: web,
  entryPoints: PAGES.map((page) => ({ in: `src/${page}/main.tsx`, out: page })),
  outdir: fresh,
  bundle: true,
  splitting: true, // what several pages use is loaded once
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none", // they are in licences.txt
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint?.endsWith("/main.tsx")) continue; // parts that are loaded later are entries too
  const page = basename(dirname(output.entryPoint));
  manifest[page] = { script: basename(path) };
  if (output.cssBundle) manifest[page].style = basename(output.cssBundle);
}
await writeFile(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFile(join(fresh, "licences.txt"), await licences(metafile));
await cp(join(web, "src", "common", "icon.svg"), join(fresh, "icon.svg"));

// The folder in use is replaced in one step; a build that fails leaves it as it was.
await mkdir(dirname(target), { recursive: true });
await rm(target, { recursive: true, force: true });
await rename(fresh, target);

/** Return the licence texts of all packages whose code is in the bundles. */
async function licences({ inputs }) {
  const folders = new Set();
  for (const path of Object.keys(inputs)) {
    const found = path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/);
    if (found) folders.add(found[0]);
  }
  const parts = ["The scripts in this folder contain code of these packages.\n"];
  for (const folder of [...folders].sort()) {
    const about = JSON.parse(await readFile(join(web, folder, "package.json"), "utf8"));
    const files = (await readdir(join(web, folder)))
      .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
      .sort();
    const texts = await Promise.all(files.map((name) => readFile(join(web, folder, name), "utf8")));
    if (!about.license) throw new Error(`${relative(web, folder)} names no licence`);
    parts.push(`${"=".repeat(78)}\n${about.name} ${about.version}: ${about.license}\n\n${texts.join("\n").trim()}\n`);
  }
  return parts.join("\n");
}
