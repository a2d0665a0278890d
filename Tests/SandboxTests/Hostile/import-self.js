/*
{
  "attempt": "Imports itself by each name that it could have, to run its body again.",
  "expect": {"result": [1, []]}
}
*/
export default async function handler(input, host) {
  globalThis.runs = (globalThis.runs ?? 0) + 1;
  const names = [];
  for (const name of ["module.js", "./module.js", "handler", "import-self.js", "./import-self.js", "<module>"]) {
    try { await import(name); names.push(name); } catch (error) {}
  }
  return [globalThis.runs, names];
}
