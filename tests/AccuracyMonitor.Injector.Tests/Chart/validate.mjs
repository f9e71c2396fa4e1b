// Checks manifests from standard input by the models of kubernetes-models: required fields, enumerations, formats. Prints "N valid", or what is wrong.
// Usage: node validate.mjs FOLDER_WITH_NODE_MODULES < manifests.yaml
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

// By path: this file lies outside the folder of the packages.
const from = (file) => import(pathToFileURL(resolve(process.argv[2], "node_modules", file)));
const { parseAllDocuments } = (await from("yaml/dist/index.js")).default;

let valid = 0;
let skipped = 0;
for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
  const manifest = document.toJS();
  if (!manifest) continue;
  const { apiVersion, kind } = manifest;
  if (apiVersion.startsWith("cert-manager.io/")) {
    skipped++; // No models of its kinds are here.
    continue;
  }

  const folder = apiVersion.startsWith("monitoring.coreos.com/") ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const Model = (await from(`${folder}/${apiVersion}/index.js`))[kind];
  if (!Model) throw new Error(`${apiVersion} has no kind ${kind}`);
  try {
    new Model(manifest).validate();
    valid++;
  } catch (error) {
    console.log(`${kind} ${manifest.metadata?.name}: ${error.message}`);
    process.exitCode = 1;
  }
}
console.log(`${valid} valid${skipped ? `, ${skipped} without a model` : ""}`);
