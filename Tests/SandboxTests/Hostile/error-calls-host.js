/*
{
  "attempt": "Throws an error that calls the host while it is described.",
  "grants": {"tools": ["echo"], "functions": ["log"]},
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw { get message() { host.callTool("echo", {}); host.log("from a getter"); return "described"; } };
}
