/*
{
  "attempt": "Exports a generator as its handler: what it returns has no members.",
  "grants": {"tools": ["large"]},
  "expect": {"result": {}, "calls": 0}
}
*/
export default function* handler(input, host) { yield host.callTool("large", {}); }
