/*
{
  "attempt": "Replaces Promise, its resolve, and its species.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "logs": ["genuine"]}
}
*/
const Genuine = Promise;
Object.defineProperty(
  Genuine,
  Symbol.species,
  { get() { return class { constructor(run) { run(() => {}, () => {}); } then() {} }; } }
);
Genuine.resolve = Genuine.all = Genuine.withResolvers = () => "forged";
globalThis.Promise = class Forged { constructor() { return "forged"; } };
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
