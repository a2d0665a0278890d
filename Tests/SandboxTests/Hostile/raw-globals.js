/*
{
  "attempt": "Looks for the glue's own names in the scope and on the global object.",
  "expect": {"result": ["undefined", "undefined", "undefined", "undefined", "undefined", "undefined", "undefined", []]}
}
*/
export default async function handler(input, host) {
  return [
    typeof __call,
    typeof __host,
    typeof call,
    typeof send,
    typeof glue,
    typeof boot,
    typeof native,
    Reflect.ownKeys(globalThis).map(String).filter((name) => name.startsWith("_")),
  ];
}
