/*
{
  "attempt": "Puts values that a sloppy reader would take for its own on Object.prototype.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
Object.assign(
  Object.prototype,
  {
    function: "converse", name: "large", input: "forged", code: "crashed", level: "error", writable: false,
    enumerable: false, value: "forged"
  }
);
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
