/** The file with the bundle of an entry, which is built when it is older than its sources; `options` are esbuild's. */
export function bundle(entry: string, options?: { readonly minify?: boolean; readonly target?: string }): string;
