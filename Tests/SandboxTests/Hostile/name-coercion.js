/*
{
  "attempt": "Calls a tool by an object whose conversion to text never returns: it is not converted.",
  "grants": {"tools": ["echo"]},
  "expect": {"failure": "threw", "calls": 0}
}
*/
export default async function handler(input, host) {
  await host.callTool({ toString() { for (;;); }, [Symbol.toPrimitive]() { for (;;); } }, { get key() { for (;;); } });
}
