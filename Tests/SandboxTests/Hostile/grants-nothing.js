/*
{
  "attempt": "Is granted nothing, and looks for what host has.",
  "expect": {"result": ["object", [], "undefined", "undefined", "undefined", "undefined", "undefined"]}
}
*/
export default async function handler(input, host) {
  return [
    typeof host,
    Reflect.ownKeys(host).map(String),
    typeof host.callTool,
    typeof host.converse,
    typeof host.log,
    typeof host.now,
    typeof host.random,
  ];
}
