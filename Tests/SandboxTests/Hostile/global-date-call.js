/*
{
  "attempt": "Reads the clock in all the ways that there are.",
  "expect": {"result": 1}
}
*/
export default async function handler(input, host) {
  const clocks = [
    Date(),
    String(new Date()),
    Reflect.construct(Date, []).toString(),
    new (class extends Date {})().toString(),
    Reflect.apply(Date, null, []),
    new Date().constructor(),
  ];
  return new Set(clocks).size;
}
