import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Given to node with --import, before the modules of a command are read: what one start has compiled, the next need not. Where the
// folder cannot be written, nothing is kept. https://nodejs.org/api/module.html#module-compile-cache
enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "compiled"));
