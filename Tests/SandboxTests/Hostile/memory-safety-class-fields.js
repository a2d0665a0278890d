/*
{
  "attempt": "Returns other objects from constructors, so that private fields are put on what is foreign, twice.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  class Foreign { constructor(object) { return object; } }
  class Branded extends Foreign { #brand = 1; static has(object) { return #brand in object; } }
  const proxy = new Proxy({}, {}), frozen = Object.freeze({});
  const outcomes = [];
  for (const object of [proxy, frozen, globalThis, host, [], function () {}]) {
    try {
      new Branded(object);
      outcomes.push(Branded.has(object));
      new Branded(object);
      outcomes.push("twice");
    } catch (error) { outcomes.push(error.name); }
  }
  return outcomes.includes("twice");
}
