/*
{
  "attempt": "Looks for a host to call while the module is evaluated, in all the places that it could be.",
  "grants": {"functions": ["log"]},
  "expect": {"failure": "threw", "message": "host is not defined", "logs": []}
}
*/
for (const find of [() => host, () => globalThis.host, () => arguments, () => this.host]) { try { find().log("found"); } catch (error) {} }
host.log("found");
export default async function handler(input, host) {
  return 1;
}
