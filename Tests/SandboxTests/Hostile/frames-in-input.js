/*
{
  "attempt": "Calls a tool with members named like those of a call, twice over.",
  "grants": {"tools": ["echo"]},
  "expect": {"result": {"function": "converse", "name": "large", "input": {"id": 7}, "code": "crashed"}, "callsOnlyTo": ["echo"]}
}
*/
export default async function handler(input, host) {
  return await host.callTool("echo", { function: "converse", name: "large", input: { id: 7 }, code: "crashed" });
}
