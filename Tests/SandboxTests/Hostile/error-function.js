/*
{
  "attempt": "Throws a function whose name and toString throw.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  throw Object.defineProperty(() => {}, "toString", { value() { throw 1; } });
}
