/*
{
  "attempt": "Hangs a proxy over Array.prototype, so that every missing index asks it.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"result": {"answer": {"genuine": [1, "two"]}}, "calls": 1, "logs": ["genuine"]}
}
*/
try {
  Object.setPrototypeOf(
    Array.prototype,
    new Proxy(
      {},
      {
        get: () => "forged",
        set: () => true,
        has: () => true,
        getOwnPropertyDescriptor: () => ({ value: "forged", configurable: true })
      }
    )
  );
} catch (error) {}
export default async function handler(input, host) {
  host.log("genuine");
  const answer = await host.callTool("echo", { genuine: [1, "two"] });
  return { answer };
}
