/*
{
  "attempt": "Looks for the engine's own objects of the operating system.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return [
    "std", "os", "bjson", "print", "console", "scriptArgs", "loadScript", "gc", "navigator", "performance",
  ].filter((name) => name in globalThis);
}
