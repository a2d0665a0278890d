/*
{
  "attempt": "Looks for the objects of Node, of browsers and of other hosts.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return [
    "process", "require", "module", "exports", "Buffer", "global", "Deno", "Bun", "fetch", "XMLHttpRequest",
    "WebSocket", "Worker", "window", "self", "document", "crypto", "structuredClone", "localStorage",
    "Lambda", "awslambda",
  ].filter((name) => name in globalThis);
}
