/*
{
  "attempt": "Constructs a function from text by Reflect, with another new.target.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  globalThis.escaped = false;
  try {
    await (Reflect.construct(
      Object.getPrototypeOf(function () {}).constructor,
      ["globalThis.escaped = true"],
      class {}
    )());
  } catch (error) {}
  return globalThis.escaped;
}
